"""The gate: one function releases, hides or refuses each number that leaves the data zone."""
