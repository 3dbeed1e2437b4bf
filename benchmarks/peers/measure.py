"""Run one task of one tool in this process: the answer, cold and warm seconds, peak memory."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

Answer = dict[str, float]


def report(task: Callable[[], Answer], warm: int) -> None:
    """Print, as JSON, what a task gives, its first and its later wall times, and the peak."""
    start = time.perf_counter()
    answer = task()
    cold = time.perf_counter() - start
    times = []
    for _ in range(warm):
        start = time.perf_counter()
        again = task()
        times.append(time.perf_counter() - start)
        assert again.keys() == answer.keys()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    plain = {name: float(np.ravel(value)[0]) for name, value in answer.items()}
    found: dict[str, Any] = {"answer": plain, "cold": cold, "warm": times, "peak_mb": peak}
    print(json.dumps(found))


def arguments() -> tuple[str, str, int]:
    """Return task, file and number of warm repeats from the command line."""
    task, path, warm = sys.argv[1:4]
    return task, path, int(warm)
