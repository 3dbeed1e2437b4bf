"""A small study outside the repository, with its dictionary and data beside it."""

import os
import subprocess
import sys

import pytest
from small_study import DICTIONARY, ROOT, STUDY, people


@pytest.fixture
def study(tmp_path):
    """Return the folder of a study that runs."""
    folder = tmp_path / "evening-classes"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY)
    (folder / "data-dictionary.md").write_text(DICTIONARY)
    (folder / "people.csv").write_text(people())
    return folder


@pytest.fixture
def evaluate(tmp_path):
    """Return a function that runs a command in a process of its own."""

    def call(*words, cwd=tmp_path, **environment):
        return subprocess.run(
            [sys.executable, "-m", "evaluate", *map(str, words)],
            capture_output=True,
            text=True,
            cwd=cwd,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        )

    return call
