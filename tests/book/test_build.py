"""Building: only what changed, only sealed findings, only files of the book."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from evaluate.book.build import build
from evaluate.errors import StudyError
from evaluate.findings import read, write

pytestmark = pytest.mark.slow  # each builds a book
ROOT = Path(__file__).resolve().parents[2]
PLANNED = ("plug-in", "jet-cd")
ALLOWED = {
    *(".html", ".css", ".js", ".map", ".json", ".svg", ".png", ".woff2", ".ttf", ".txt", ".inv"),
    *(".gif", ".po", ".mo", ".xlsx"),
}
NAMED = {".buildinfo", ".nojekyll", "objects.inv", "LICENSE"}
Builder = Callable[..., Path]
Maker = Callable[..., Path]


@pytest.fixture
def small(tmp_path: Path, small_book: Maker) -> Path:
    return small_book(tmp_path, {slug: read(ROOT / "studies" / slug) for slug in PLANNED})


def doctrees(book: Path) -> dict[str, int]:
    """Return when each page was last read."""
    folder = book / "_build" / "doctrees-en"
    return {
        path.relative_to(folder).with_suffix("").as_posix(): path.stat().st_mtime_ns
        for path in folder.rglob("*.doctree")
    }


def read_again(old: dict[str, int], new: dict[str, int]) -> set[str]:
    return {page for page in new if old.get(page) != new[page]}


def test_a_second_build_reads_no_page_again(small: Path, build_quietly: Builder) -> None:
    build_quietly(small)
    first = doctrees(small)
    build_quietly(small)
    assert set(first) == {"index", *(f"studies/{slug}" for slug in PLANNED)}
    assert read_again(first, doctrees(small)) == set()


def test_a_changed_finding_rebuilds_its_page_and_the_lists(
    small: Path, build_quietly: Builder
) -> None:
    page = build_quietly(small).parent / "studies/plug-in.html"
    first = doctrees(small)
    path = small.parent / "studies/plug-in/finding.json"
    finding = read(path)
    study = {**finding.study, "question": {"en": "Was the question put in another way?"}}
    write(replace(finding, study=study), path)
    build_quietly(small)
    assert "put in another way" in page.read_text(encoding="utf-8")
    assert read_again(first, doctrees(small)) == {"index", "studies/plug-in"}


def test_a_new_account_gets_a_page_where_the_book_has_a_place_for_accounts(
    tmp_path: Path, small_book: Maker, build_quietly: Builder
) -> None:
    slugs = ("supported-work", "back-to-rule")
    book = small_book(tmp_path, {slug: read(ROOT / "studies" / slug) for slug in slugs})
    build_quietly(book)
    assert not (book / "accounts").exists()
    with (book / "_toc.yml").open("a", encoding="utf-8") as toc:
        toc.write("  - glob: accounts/*\n")
    page = build_quietly(book).parent / "accounts/supported-work.html"
    assert {one.name for one in (book / "accounts").glob("*.md")} == {"supported-work.md"}
    assert "What did it cost?" in page.read_text(encoding="utf-8")


def test_a_new_study_enters_the_lists(small: Path, build_quietly: Builder) -> None:
    first = build_quietly(small)
    folder = small.parent / "studies" / "another"
    shutil.copytree(small.parent / "studies/plug-in", folder)
    finding = replace(read(folder), id="another")
    title = {"en": "A study that came later"}
    write(replace(finding, study={**finding.study, "title": title}), folder / "finding.json")
    (small / "studies/another.md").write_text("```{study} another\n```\n", encoding="utf-8")
    with (small / "_toc.yml").open("a", encoding="utf-8") as toc:
        toc.write("  - file: studies/another\n")
    build_quietly(small)
    assert title["en"] in html.parse(first).xpath("string(//article)")


def test_a_broken_seal_fails_the_build_and_names_the_file(
    small: Path, build_quietly: Builder
) -> None:
    path = small.parent / "studies/plug-in/finding.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["stage"] = "running"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(StudyError, match=r"plug-in/finding\.json.*changed after it was sealed"):
        build_quietly(small)


def test_a_missing_finding_fails_the_build_and_names_the_file(
    small: Path, build_quietly: Builder
) -> None:
    (small.parent / "studies/plug-in/finding.json").unlink()
    with pytest.raises(StudyError, match=r"plug-in/finding\.json.*there is no finding"):
        build_quietly(small)


def test_a_link_that_leads_nowhere_fails_the_build(small: Path, build_quietly: Builder) -> None:
    with (small / "index.md").open("a", encoding="utf-8") as page:
        page.write("\nSee [another page](no-such-page.md).\n")
    with pytest.raises(StudyError, match="no-such-page"):
        build_quietly(small)


def test_a_folder_without_a_book_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="there is no book here"):
        build(tmp_path)


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory,
    whole_book: Callable[[Path], Path],
    build_quietly: Builder,
) -> Path:
    """The whole book, built where there are no data and no study definitions."""
    return build_quietly(whole_book(tmp_path_factory.mktemp("whole"))).parent


def test_the_book_needs_no_data_and_no_definition(built: Path) -> None:
    studies = built.parents[2] / "studies"
    assert {path.name for path in studies.rglob("*") if path.is_file()} == {"finding.json"}
    written = {path.stem for path in (ROOT / "book/studies").glob("*.md")}
    assert {path.stem for path in (built / "studies").glob("*.html")} == written


def test_an_account_has_a_page_and_a_workbook_beside_it(built: Path) -> None:
    written = {path.stem for path in (ROOT / "book/accounts").glob("*.md")}
    assert {path.stem for path in (built / "accounts").glob("*.html")} == written
    page = html.parse(built / "accounts/supported-work.html")
    (file,) = page.xpath("//article//a[@download]/@href")
    assert (built / "accounts" / file).read_bytes().startswith(b"PK")
    chapter = html.parse(built / "studies/supported-work.html")
    assert "../accounts/supported-work.html" in chapter.xpath("//section[@id='money']//a/@href")
    assert "../studies/supported-work.html" in page.xpath("//article//a/@href")


def test_the_built_tree_holds_only_files_of_a_book(built: Path) -> None:
    files = [path for path in built.rglob("*") if path.is_file()]
    strange = [p for p in files if p.suffix not in ALLOWED and p.name not in NAMED]
    assert [path.relative_to(built).as_posix() for path in strange] == []
    assert not (built / "_sources").exists()


def test_no_page_loads_anything_from_elsewhere(built: Path) -> None:
    loads = "//link/@href|//script/@src|//img/@src|//source/@srcset|//iframe/@src|//img/@srcset"
    pages = [path for path in built.rglob("*.html") if "_static" not in path.parts]
    assert pages
    assert [
        (path.name, one)
        for path in pages
        for one in html.parse(path).xpath(loads)
        if "//" in one or one.startswith(("http:", "data:"))
    ] == []


def test_every_study_has_a_page_and_every_page_a_study() -> None:
    studies = {path.parent.name for path in (ROOT / "studies").glob("*/study.yaml")}
    assert {path.stem for path in (ROOT / "book/studies").glob("*.md")} == studies
