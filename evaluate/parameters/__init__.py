"""Published figures that an account may use, each with its source and whether it was read there."""
