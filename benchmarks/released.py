"""What a benchmark found, as a sealed finding that the book shows like any other."""

from __future__ import annotations

from pathlib import Path

from evaluate.core import Finding, Table
from evaluate.disclosure.gate import PROFILES
from evaluate.disclosure.gate import release as release_tables
from evaluate.findings import write

HERE = Path(__file__).parent


def release(name: str, title: str, question: str, *tables: Table) -> Path:
    """Write ``benchmarks/NAME/finding.json``: tables of numbers that no person stands behind.

    Parameters
    ----------
    name : str
        Of the folder; also the finding's id.
    title, question : str
        What was measured, and what for.
    *tables : Table
        Of a kind that the book knows.
    """
    study = {
        "title": {"en": title},
        "question": {"en": question},
        "language": "en",
        "languages": ["en"],
        "status": "final",
        "data_kind": "public",
        "analyses": {},
        "outcomes": {},
    }
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    path = folder / "finding.json"
    through = release_tables((), (), tables, (), PROFILES["none"])
    found = Finding(name, study, "public", "final", "complete", tables=through.tables)
    write(found, path)
    return path
