"""Write the reference pages, or compare them: ``python -m evaluate.reference [--check]``."""

import sys

from evaluate.reference.pages import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
