"""`python -m evaluate` does what the `evaluate` command does."""

import os
import sys

# Matrices here are many and small: two threads wait for each other more than they work.
for _library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")


def main() -> None:
    """Run the command line; Ctrl-C is no fault, also while it is still being loaded."""
    try:
        from evaluate.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
