"""`python -m evaluate` does what the `evaluate` command does."""

from evaluate.cli import main

main()
