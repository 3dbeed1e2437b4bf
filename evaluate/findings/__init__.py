"""The sealed file: writing, reading, verifying."""
