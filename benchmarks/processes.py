"""How long whole commands take, beside what the interpreter and a common import take.

Run on a quiet machine: python benchmarks/processes.py. Ratios are to `python -c pass`; the best
of several runs counts, since everything else on a machine only adds.
"""

import subprocess
import sys
import time

RUNS = 5
COMMANDS = {
    "python": ["-c", "pass"],
    "import numpy": ["-c", "import numpy"],
    "import pandas": ["-c", "import pandas"],
    "import evaluate": ["-c", "import evaluate"],
    "evaluate check": ["-m", "evaluate", "check", "studies/supported-work"],
    "evaluate run": ["-m", "evaluate", "run", "studies/supported-work"],
    "evaluate verify": ["-m", "evaluate", "verify", "studies/supported-work"],
}


def best(command: list[str]) -> float:
    """Return the shortest wall time of a process, in seconds."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print seconds and ratios."""
    floor = best(COMMANDS["python"])
    for name, command in COMMANDS.items():
        seconds = best(command)
        print(f"{name:<16}{seconds:8.3f} s {seconds / floor:8.1f} x python")


if __name__ == "__main__":
    main()
