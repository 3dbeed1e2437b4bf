"""The explorer: equal to Python at every setting, published values first, for every reader."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explored_accounts import ACCOUNTS, Explored, Settings, changed, settings
from test_pages import NARROW, faults, turn, violations

from evaluate.book.view import View
from evaluate.economics.payers import SOCIETY
from evaluate.findings import read, write

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-6  # of the break-even effect; of a net, relative to its gross: all sizes added up
SETTINGS = 500
ROOT_OF_BLOCK = "document.querySelector('.ev-explorer')"
Opener = Callable[..., Any]


@pytest.fixture(scope="session")
def explored_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with a page for each account, which holds the block alone."""
    from evaluate.book.build import build

    folder = tmp_path_factory.mktemp("explored")
    book = folder / "book"
    book.mkdir()
    config = (ROOT / "book/_config.yml").read_text(encoding="utf-8")
    own = config.replace("[evaluate.book]", "[evaluate.book, explorer_page]")
    assert own != config
    (book / "_config.yml").write_text(own, encoding="utf-8")
    pages = "".join(f"  - file: {name}\n" for name in ACCOUNTS)
    toc = f"format: jb-book\nroot: index\nchapters:\n{pages}"
    (book / "_toc.yml").write_text(toc, encoding="utf-8")
    (book / "index.md").write_text("# All\n\nText.\n", encoding="utf-8")
    for name, explored in ACCOUNTS.items():
        (folder / "studies" / name).mkdir(parents=True)
        write(explored.finding(), folder / "studies" / name / "finding.json")
        page = f"# An account\n\nText.\n\n```{{explored}} {name}\n```\n"
        (book / f"{name}.md").write_text(page, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of Sphinx and its extensions; pages' faults raise
        return build(book).parent


@pytest.fixture
def explore(explored_book: Path, open_in: Opener) -> Opener:
    """``explore("extended", 320, "dark")``: an account's page without a network."""
    return partial(open_in, explored_book)


@pytest.fixture
def view(explored_book: Path) -> Callable[[str], View]:
    folder = explored_book.parents[2] / "studies"
    return lambda name: View(read(folder / name), "en")


def computed(page: Any, at: list[Settings]) -> list[dict[str, dict[str, Any]]]:
    """Return what the script computes at each setting."""
    found: list[dict[str, dict[str, Any]]] = page.evaluate(
        f"(all) => all.map((one) => {ROOT_OF_BLOCK}.account(one))", at
    )
    return found


@pytest.mark.parametrize("name", ACCOUNTS)
def test_it_equals_python_at_500_random_settings(explore: Opener, name: str) -> None:
    explored = ACCOUNTS[name]
    every = settings(explored, SETTINGS)
    assert len({str(one) for one in every}) == SETTINGS
    found = computed(explore(name).page, every)
    assert len(found) == SETTINGS
    states = set()
    for at, rows in zip(every, found, strict=True):
        states |= check_setting(explored, at, rows)
    if explored.spec.valued:  # the settings reach what they are meant to try
        assert {"", "never pays"} < states


def check_setting(explored: Explored, at: Settings, rows: dict[str, dict[str, Any]]) -> set[str]:
    done = changed(explored, at)
    book = done.ledger
    assert set(rows) == {*book.names, *book.others}
    states = set()
    for key, row in rows.items():
        i = book.row(key)
        parts = (np.abs(book.cost[i]) + np.abs(book.benefit[i])).sum(axis=1)
        gross = float((parts * np.abs(done.multipliers())).sum())
        assert row["net"] == pytest.approx(done.net(i), rel=0, abs=TOLERANCE * gross), (key, at)
        if not explored.spec.valued:
            assert set(row) == {"net", "gross"}
            continue
        even = done.break_even(i)
        assert row["state"] == even.state, (key, at)
        assert (row["even"] is None) == (even.effect is None)
        if even.effect is not None:
            assert row["even"] == pytest.approx(even.effect, rel=TOLERANCE), (key, at)
        states.add(even.state)
    return states


@pytest.mark.parametrize("name", ACCOUNTS)
def test_it_starts_at_the_published_values(explore: Opener, name: str, view: Any) -> None:
    shown, page = view(name), explore(name).page
    (computed_now,) = computed(page, settings(ACCOUNTS[name], 1))
    for key, row in shown.rows("economics.accounts").items():
        cells = page.locator(f"tr[data-row={key}] td").all_text_contents()
        text = shown.number(float(row["net"]), digits=0, sign=True)
        assert cells[:2] == [text, text]
        size = max(computed_now[key]["gross"], 1e-9)
        assert computed_now[key]["net"] == pytest.approx(row["net"], rel=0, abs=1e-8 * size)
    for key, row in shown.rows("economics.break_even").items():
        cell = page.locator(f"tr[data-row={key}] td").last.text_content()
        if "effect" in row:
            unit = ACCOUNTS[name].estimate.unit
            assert cell.startswith(shown.effect(float(row["effect"]), unit))
        else:
            assert cell == shown.words(f"money.state.{row['state']}")
    society = shown.rows("economics.accounts")[SOCIETY]
    said = page.locator(".ev-explorer [role=status]").text_content()
    assert shown.money(float(society["net"]), sign=True) in said


def test_its_own_numbers_are_written_as_the_page_writes_them(explore: Opener, view: Any) -> None:
    """Moved away and back by hand, every cell is computed anew and reads as published."""
    page = explore("extended").page
    cells = page.locator("tr[data-row] [data-cell]")
    published = cells.all_text_contents()
    kept = page.get_by_label("Share of extra tax").locator("visible=true")
    box = kept.and_(page.locator("[type=number]")).first
    box.fill("60")
    assert cells.all_text_contents() != published
    rate = page.locator("[type=number]#explorer-schedule-rate")
    rate.fill("3")
    assert page.get_by_label("One rate for all years").first.is_checked()
    page.get_by_label("As published").check()
    box.fill("12.5000000000001")  # near, so that nothing is taken from what is published
    assert cells.all_text_contents() == published


@pytest.mark.parametrize("name", ["extended", "two-effects"])
def test_it_works_by_keyboard_alone(explore: Opener, name: str) -> None:
    found = explore(name)
    page = found.page
    cells = page.locator("tr[data-row] [data-cell]")
    published = cells.all_text_contents()
    page.locator("#explorer").evaluate("(one) => { one.tabIndex = -1; one.focus(); }")
    controls = page.locator(".ev-pair input").count()
    moved = 0
    for _ in range(controls + 2):  # the radio buttons are one stop, then the button
        page.keyboard.press("Tab")
        kind = page.evaluate("document.activeElement.type")
        before = cells.all_text_contents()
        if kind in ("range", "number"):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("ArrowDown")
            moved += cells.all_text_contents() != before
        elif kind == "radio":
            page.keyboard.press("ArrowDown")
            assert page.evaluate("document.activeElement.value") == "flat"
            assert cells.all_text_contents() != before
    assert moved == controls
    assert page.evaluate("document.activeElement.type") == "button"
    society = page.locator("tr[data-row=society] [data-cell=net]").text_content()
    status = page.locator(".ev-explorer [role=status]")
    page.wait_for_function(
        "() => document.querySelector('.ev-explorer [role=status]').textContent.startsWith('With')"
    )
    assert society in status.text_content()
    page.keyboard.press("Enter")
    assert cells.all_text_contents() == published
    assert page.locator("input[value=published]").is_checked()
    assert found.faults == []


def test_a_slider_and_its_number_show_the_same(explore: Opener) -> None:
    page = explore("extended").page
    slider = page.locator("[data-control=effects] [type=range]")
    box = page.locator("[data-control=effects] [type=number]")
    assert box.input_value() == "5.123"
    slider.focus()
    page.keyboard.press("Home")
    assert float(box.input_value()) == float(slider.get_attribute("min") or 0)
    assert slider.get_attribute("aria-valuetext").startswith("−")
    box.fill("0")
    assert slider.input_value() == "0"
    (row,) = computed(page, [{**settings(ACCOUNTS["extended"], 1)[0], "effects": [0.0]}])
    shown = page.locator("tr[data-row=society] [data-cell=net]").text_content()
    assert float(shown.replace("\u202f", "").replace("−", "-")) == round(row["society"]["net"])


def test_one_rate_starts_at_the_first_of_the_schedule(explore: Opener) -> None:
    page = explore("extended").page
    page.locator("input[value=flat]").check()
    assert page.locator("#explorer-schedule-rate").input_value() == "5.35"  # between two steps
    (rows,) = computed(page, [{**settings(ACCOUNTS["extended"], 1)[0], "rate": 0.0535}])
    for key, row in rows.items():
        shown = page.locator(f"tr[data-row={key}] [data-cell=net]").text_content()
        assert float(shown.replace("\u202f", "").replace("−", "-")) == round(row["net"])


def test_what_is_no_number_changes_nothing(explore: Opener) -> None:
    found = explore("extended")
    page = found.page
    cells = page.locator("tr[data-row] [data-cell]")
    published = cells.all_text_contents()
    for box in page.locator(".ev-explorer [type=number]").all():
        before = box.input_value()
        box.fill("")
        assert cells.all_text_contents() == published
        box.blur()
        assert box.input_value() == before
    years = page.locator("#explorer-horizon")
    years.fill("4000")
    years.blur()
    assert years.input_value() == "45"
    assert found.faults == []


def test_without_a_script_no_control_is_seen(explore: Opener) -> None:
    page = explore("extended", script=False).page
    assert page.locator(".ev-explorer").count() == 1
    for one in page.locator(".ev-explorer input, .ev-explorer button, .ev-explorer table").all():
        assert not one.is_visible()
    assert page.locator("noscript p").is_visible()


def test_controls_that_have_nothing_to_move_are_left_out(explore: Opener) -> None:
    page = explore("no-effect").page
    names = {one.get_attribute("data-control") for one in page.locator("[data-control]").all()}
    assert names == {"cost", "rate", "horizon"}
    assert page.locator("[data-cell=even]").count() == 0


@pytest.mark.parametrize("name", ["extended", "two-effects"])
def test_it_is_accessible_wide_narrow_and_dark(explore: Opener, name: str) -> None:
    found = explore(name)
    assert faults(found, "light") == []
    for width, theme in NARROW:
        turn(found.page, width, theme)
        assert (width, theme, faults(found, theme)) == (width, theme, [])
    assert violations(found.page) == []  # 320 wide, dark
    turn(found.page, 1280, "light")
    assert violations(found.page) == []


def test_only_pages_with_the_block_load_its_files(explored_book: Path) -> None:
    pages = {path.stem: path.read_text("utf-8") for path in explored_book.glob("*.html")}
    loading = {name for name, text in pages.items() if "explorer.js" in text}
    assert loading == set(ACCOUNTS)
    assert {name for name, text in pages.items() if "explorer.css" in text} == loading
    assert all(
        (explored_book / "_static" / name).is_file() for name in ("explorer.js", "explorer.css")
    )
    for name in ACCOUNTS:
        assert " onclick=" not in pages[name]
        assert "<fund>" not in pages[name].replace("The EU &lt;fund&gt;", "")
