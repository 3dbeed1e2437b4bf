"""What holds for every test: random examples without a stop-watch, skips that say why."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import settings

# A busy machine is no fault. In CI the same examples are drawn each time: no change fails by luck.
settings.register_profile("evaluate", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("evaluate")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = {}
    if "EVALUATE_TRUTH" not in os.environ:
        missing["truth"] = "EVALUATE_TRUTH names no folder of reference values"
    if "CHROMIUM" not in os.environ and not any(map(shutil.which, BROWSERS)):
        missing["browser"] = "no Chromium on this machine"
    for item in items:
        if "spark" in item.nodeid:  # a query takes half a second there, its start ten
            item.add_marker(pytest.mark.slow)
        for marker, reason in missing.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many truth cases ran, so that a run without them is not taken for one with them."""
    passed = terminalreporter.stats.get("passed", [])
    ran = sum("truth" in report.keywords for report in passed)
    terminalreporter.write_line(f"truth: {ran} tests on reference data passed")
