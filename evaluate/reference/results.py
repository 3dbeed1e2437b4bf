"""Every field of a result, from the docstrings of the types that hold it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evaluate import core
from evaluate.reference.markdown import prose, table

_TYPES = (
    core.Finding,
    core.Verdict,
    core.Estimate,
    core.Check,
    core.Table,
    core.Column,
    core.Refusal,
)


def results() -> Iterator[str]:
    """Yield a table of fields for each type of result, the finding first."""
    for one in _TYPES:
        yield f"\n(result-{one.__name__.lower()})=\n## {one.__name__}\n"
        yield prose(one.__doc__)
        described = _attributes(one.__doc__ or "")
        rows = [
            (f"`{name}`", *described.get(name, (str(words), "")))
            for name, words in one.__annotations__.items()
        ]
        yield from table(("Field", "Type", "What it says"), rows)


def _attributes(docstring: str) -> dict[str, tuple[str, str]]:
    """Return type and description of each field from the numpydoc section *Attributes*."""
    _, _, section = docstring.replace("``", "`").partition("Attributes\n")
    described: dict[str, tuple[str, str]] = {}
    names: list[str] = []
    for line in section.splitlines()[1:]:
        if found := re.match(r" {4}(\w[\w, ]*) : (.+)", line):
            names = found[1].split(", ")
            described |= dict.fromkeys(names, (found[2], ""))
        elif line.startswith(" " * 8):
            for name in names:
                words, text = described[name]
                described[name] = (words, f"{text} {line.strip()}".strip())
    return described
