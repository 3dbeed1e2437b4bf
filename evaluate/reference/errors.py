"""Mistakes in a study definition, each with the lines at fault and the message that they give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path


def errors(folder: Path) -> Iterator[str]:
    """Yield each kept mistake with its exact message.

    Parameters
    ----------
    folder : Path
        Holds ``MISTAKE.yaml`` with ``MISTAKE.txt``, the message, beside it.
    """
    for path in sorted(folder.glob("*.txt")):
        message = path.read_text(encoding="utf-8").strip()
        study = path.with_suffix(".yaml").read_bytes().decode("utf-8", "replace").split("\n")
        yield f"\n### {path.stem.replace('_', ' ').replace('-', ' ').capitalize()}\n"
        numbers = sorted(
            {int(n) for n in re.findall(r"^study\.yaml:(\d+):", message, re.MULTILINE)}
        )
        yield "````text"
        yield from (f"{n:>4} | {_printable(study[n - 1])}" for n in numbers if n <= len(study))
        yield f"\n{message}\n````"


def _printable(line: str) -> str:
    shown = (one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in line.rstrip())
    return "".join(shown)
