"""What a study would find: its own design and inference on many simulated studies."""
