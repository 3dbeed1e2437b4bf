"""What a study assumes before it has data, and data drawn from it."""
