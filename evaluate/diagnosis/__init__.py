"""What a design would find, by simulation with its own inference, and by formula."""
