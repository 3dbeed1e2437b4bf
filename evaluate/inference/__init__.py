"""Arrays in, small frozen results out: no study, no files."""
