"""One diagnostic per file: aggregates in, a Check and its Table out."""
