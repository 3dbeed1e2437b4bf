"""The table of practices: whole without a script, narrowed by keyboard, never losing a row."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from practice_findings import RECORDS, study
from test_pages import faults, violations

from evaluate.findings import write

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
Opener = Callable[..., Any]
ROWS = ".ev-practice-table tbody tr"


@pytest.fixture(scope="session")
def practice_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with one page, which holds the table alone."""
    from evaluate.book.build import build

    folder = tmp_path_factory.mktemp("practices")
    book = folder / "book"
    book.mkdir()
    config = (ROOT / "book/_config.yml").read_text(encoding="utf-8")
    own = config.replace("[evaluate.book]", "[evaluate.book, practices_page]")
    assert own != config
    (book / "_config.yml").write_text(own, encoding="utf-8")
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: found\n"
    (book / "_toc.yml").write_text(toc, encoding="utf-8")
    (book / "index.md").write_text("# All\n\nText.\n", encoding="utf-8")
    page = "# Practices\n\nText.\n\n```{practices} found\n```\n"
    (book / "found.md").write_text(page, encoding="utf-8")
    (folder / "studies" / "found").mkdir(parents=True)
    write(study(), folder / "studies" / "found" / "finding.json")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of Sphinx and its extensions; pages' faults raise
        return build(book).parent


@pytest.fixture
def table(practice_book: Path, open_in: Opener) -> Opener:
    """``table(width=320)``: the page without a network."""
    return partial(open_in, practice_book, "found")


def shown(page: Any) -> set[str]:
    return set(page.locator(f"{ROWS}:visible th").all_text_contents())


def titles(*keys: str) -> set[str]:
    return {RECORDS[key]["title"] for key in keys}


def test_without_a_script_the_table_is_whole(table: Opener) -> None:
    page = table(script=False).page
    assert shown(page) == titles(*RECORDS)
    assert page.locator(".ev-filters").is_hidden()


def test_with_a_script_it_starts_whole(table: Opener) -> None:
    opened = table()
    assert shown(opened.page) == titles(*RECORDS)
    assert opened.page.locator("[role=status]").inner_text() == "4 of 4 practices"
    assert not opened.faults


@pytest.mark.parametrize(
    ("filter_", "value", "left"),
    [
        ("Class", "compensating", ("second", "folk")),
        ("Class", "preventive", ("climate",)),
        ("Level", "individual", ("second", "virtual")),
        ("Target group", "universal", ("climate",)),
        ("Target group", "-", ("folk",)),
        ("Country", "ES", ("second",)),
        ("Evidence", "monitoring", ("virtual",)),
        ("Evidence", "described", ("climate", "folk", "second")),
    ],
)
def test_each_filter_leaves_what_it_says(
    table: Opener, filter_: str, value: str, left: tuple[str, ...]
) -> None:
    page = table().page
    page.get_by_label(filter_, exact=True).select_option(value)
    assert shown(page) == titles(*left)
    assert page.locator("[role=status]").inner_text() == f"{len(left)} of 4 practices"


def test_filters_join_and_are_taken_back(table: Opener) -> None:
    page = table().page
    page.get_by_label("Class", exact=True).select_option("compensating")
    page.get_by_label("Country", exact=True).select_option("GB")
    assert shown(page) == set()
    page.get_by_role("button", name="Show all").click()
    assert shown(page) == titles(*RECORDS)


def test_it_is_worked_with_the_keyboard_alone(table: Opener) -> None:
    page = table().page
    page.get_by_label("Class", exact=True).focus()
    page.keyboard.press("ArrowDown")
    assert shown(page) == titles("climate")
    for _ in range(5):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert shown(page) == titles(*RECORDS)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"


def test_options_are_those_that_some_practice_has(table: Opener) -> None:
    page = table().page
    options = page.get_by_label("Country", exact=True).locator("option").all_text_contents()
    assert options == ["all", "Spain", "Sweden", "United Kingdom", "not told"]


def test_hostile_texts_stay_text_and_languages_are_marked(table: Opener) -> None:
    page = table().page
    assert page.locator(f"{ROWS} script").count() == 0
    assert "<script>" in page.locator(ROWS).filter(has_text="Second").inner_text()
    assert page.locator("span[lang=nb]").first.inner_text() == "Godt klassemiljø bygges"


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (320, "dark")])
def test_it_is_accessible(table: Opener, width: int, theme: str) -> None:
    opened = table(width, theme)
    assert faults(opened, theme) == []  # before axe, which asks for style sheets
    assert violations(opened.page) == []
