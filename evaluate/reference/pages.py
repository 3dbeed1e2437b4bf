"""Pages with a generated part between two comments; everything around it is written by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from evaluate.reference.commands import commands
from evaluate.reference.errors import errors
from evaluate.reference.keys import design, method, study
from evaluate.reference.parameters import parameter_tables
from evaluate.reference.results import results
from evaluate.study.json_schema import schema
from evaluate.study.json_schema import text as json_text

ROOT = Path(__file__).resolve().parents[2]
RENEW = "python -m evaluate.reference"

_SCHEMA = Path("book/_static/study.schema.json")  # editors read it: each study.yaml names it

_PART = re.compile(
    r"(<!-- begin generated: (?P<kind>[\w-]+)(?::(?P<what>[\w-]+))? -->\n)"
    r".*?(<!-- end generated -->)",
    re.DOTALL,
)


def pages(root: Path = ROOT) -> dict[Path, str]:
    """Return every page that has a generated part, as it should read.

    Parameters
    ----------
    root : Path
        The checkout.

    Returns
    -------
    dict of Path to str
        The whole text of each such page.
    """
    texts = {path: path.read_text(encoding="utf-8") for path in (root / "book").glob("*/*.md")}
    return {root / _SCHEMA: json_text(schema())} | {
        path: _PART.sub(lambda part: f"{part[1]}\n{_generated(part, root)}\n\n{part[4]}", text)
        for path, text in sorted(texts.items())
        if _PART.search(text)
    }


def stale(root: Path = ROOT) -> dict[Path, str]:
    """Return the pages that do not read as they should, with their new text.

    Parameters
    ----------
    root : Path
        The checkout.
    """
    return {
        path: new
        for path, new in pages(root).items()
        if not path.exists() or path.read_text(encoding="utf-8") != new
    }


def main(arguments: Sequence[str]) -> int:
    """Write the stale pages, or with ``--check`` only name them.

    Parameters
    ----------
    arguments : sequence of str
        Of the command line.

    Returns
    -------
    int
        Exit code: 1 when ``--check`` found a stale page.
    """
    found = stale()
    for path, new in found.items():
        print(path.relative_to(ROOT).as_posix())
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(new, encoding="utf-8", newline="\n")
    if found and "--check" in arguments:
        print(f"These pages no longer agree with the code. Run `{RENEW}`.")
        return 1
    return 0


def _generated(part: re.Match[str], root: Path) -> str:
    kinds: dict[str, Callable[[], Iterator[str]]] = {
        "study": study,
        "design": lambda: design(part["what"]),
        "method": lambda: method(part["what"]),
        "commands": commands,
        "errors": lambda: errors(root / "tests" / "study" / "bad"),
        "results": results,
        "parameters": parameter_tables,
    }
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kinds[part["kind"]]())).strip()
