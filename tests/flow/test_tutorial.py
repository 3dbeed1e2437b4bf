"""The tutorial, step by step as a newcomer would type it."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "book" / "tutorial.md"
BLOCK = re.compile(r"^```(\S[^\n]*)\n(?::caption: (\S+)\n)?(.*?)^```$", re.MULTILINE | re.DOTALL)


def change(file: Path, diff: str) -> None:
    """Apply the lines of one change: what goes must stand there, once."""
    old = "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[0] == "-")
    new = "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[0] == "+")
    text = file.read_text()
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new))


def follow(folder: Path) -> list[str]:
    """Do what the page says; return what each command said."""
    said = []
    for kind, file, body in BLOCK.findall(PAGE.read_text()):
        if kind == "console":
            for line in body.splitlines():
                command = shlex.split(line.removeprefix("$ evaluate "))
                if command[0] == "power":
                    command += ["--draws", "200"]  # a newcomer draws a thousand
                done = subprocess.run(
                    [sys.executable, "-m", "evaluate", *command],
                    cwd=folder, capture_output=True, text=True, timeout=300, check=False,
                    env={**os.environ, "PYTHONPATH": str(ROOT)},
                )  # fmt: skip
                assert done.returncode == 0, done.stdout + done.stderr
                said.append(done.stdout)
        elif kind.endswith("diff"):
            change(folder / file, body)
        else:
            (folder / file).write_text(body)
    return said


@pytest.mark.slow
def test_a_newcomer_reaches_the_register_of_changes(tmp_path: Path) -> None:
    said = follow(tmp_path)
    assert any("in order" in one for one in said)
    assert "no reason is given" in said[-2]
    assert "no reason is given" not in said[-1]
    found = json.loads((tmp_path / "homework-club" / "finding.json").read_text())
    (changes,) = [one["rows"] for one in found["tables"] if one["kind"] == "deviations"]
    assert {row["element"] for row in changes} == {
        "outcomes.passed.smallest_worthwhile",
        "analyses.main.adjustment",
    }
    assert all(row["explained"] for row in changes)
    assert {row["role"] for row in found["estimates"]} >= {"headline", "registered"}
