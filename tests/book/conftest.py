"""Small books made in a temporary folder, with the real directives."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from evaluate.core import Finding
from evaluate.findings import write

ROOT = Path(__file__).resolve().parents[2]
Maker = Callable[[Path, Mapping[str, Finding]], Path]
Builder = Callable[..., Path]


@pytest.fixture(scope="session")
def small_book() -> Maker:
    """``small_book(folder, {"slug": finding})``: a book of chapters beside their findings."""

    def make(folder: Path, findings: Mapping[str, Finding]) -> Path:
        book = folder / "book"
        (book / "studies").mkdir(parents=True)
        shutil.copy(ROOT / "book/_config.yml", book)
        chapters = "".join(f"  - file: studies/{slug}\n" for slug in findings)
        toc = f"format: jb-book\nroot: index\nchapters:\n{chapters}"
        (book / "_toc.yml").write_text(toc, encoding="utf-8")
        first = "# All\n\n```{landing-lead}\n```\n\n```{finished-studies}\n```\n\n"
        (book / "index.md").write_text(first + "```{catalogue}\n```\n", encoding="utf-8")
        for slug, finding in findings.items():
            page = book / "studies" / f"{slug}.md"
            page.write_text(f"```{{study}} {slug}\n```\n", encoding="utf-8")
            (folder / "studies" / slug).mkdir(parents=True)
            write(finding, folder / "studies" / slug / "finding.json")
        return book

    return make


@pytest.fixture(scope="session")
def build_quietly() -> Builder:
    """``build_quietly(book, language)``: the builder, whose libraries' warnings are not ours."""

    def build_(book: Path, language: str | None = None) -> Path:
        from evaluate.book.build import build

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Sphinx and its extensions; pages' faults raise
            return build(book, language)

    return build_


@pytest.fixture(scope="session")
def whole_book() -> Callable[[Path], Path]:
    """``whole_book(folder)``: a copy of the book beside copies of the findings, nothing else."""

    def copy(folder: Path) -> Path:
        shutil.copytree(ROOT / "book", folder / "book", ignore=shutil.ignore_patterns("_build"))
        found = [
            f for kind in ("studies", "benchmarks") for f in (ROOT / kind).glob("*/finding.json")
        ]
        for finding in sorted(found):
            target = folder / finding.relative_to(ROOT).parent
            target.mkdir(parents=True)
            shutil.copy(finding, target)
        return folder / "book"

    return copy
