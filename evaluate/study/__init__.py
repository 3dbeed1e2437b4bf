"""The study definition: its shape, how it is read, and its prose."""
