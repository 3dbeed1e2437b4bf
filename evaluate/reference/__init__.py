"""The generated parts of the reference pages: what is said twice is written from one place."""
