"""The account as a workbook: the same numbers as Python, at its inputs and at any others."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from changed_workbooks import CASES, as_published, of
from example_workbooks import EXAMPLES, FULL_EXAMPLE, Example
from openpyxl import Workbook
from reading_workbooks import (
    PROGRAMS,
    Change,
    Numbers,
    change,
    expected,
    head,
    keyed,
    opened,
    recalculated,
    scale,
    told,
)

from evaluate.book.view import View
from evaluate.book.words import catalogue
from evaluate.book.workbook import workbook
from evaluate.book.workbook_formula import (
    Block,
    Formula,
    choose,
    every,
    holds,
    interpolated,
    plain,
    products,
    some,
)
from evaluate.book.workbook_reading import Account
from evaluate.core import Finding

PROGRAM = next((found for found in map(shutil.which, PROGRAMS) if found), None)
TOLERANCE = 1e-9
COMPUTED = ("Years", "Items", "Flows", "Present values", "Cash flow", "Break-even", "Costs")
NOT_COMPUTED = {"Items": "H", "Break-even": "FG"}  # a structure, and what was published


def names(finding: Finding) -> dict[str, str]:
    account = Account(View(finding, "en"))
    return {who: account.name(who) for who in account.who}


def measures(finding: Finding) -> dict[str, str]:
    """Return the labels of sums of costs by measure."""
    words = {key.removeprefix("workbook."): text for key, text in catalogue("en").items()}
    found = {
        key.removeprefix("measure."): text
        for key, text in words.items()
        if key.startswith("measure.")
    }
    for key, text in words.items():
        if key.startswith("type."):
            found[key.replace(".", "_")] = f"Type: {text}"
    return found | {f"payer_{key}": f"Paid by {title}" for key, title in names(finding).items()}


def is_the_account(book: Workbook, example: Example) -> None:
    """Fail where a number of a workbook differs from Python's; rounding counts by what is summed."""
    finding, done = example.finding(), example.valuation()
    want, got = expected(done, measures(finding)), told(book, names(finding))
    asked = {key: value for key, value in want.items() if key[2] not in NOT_THERE}
    absent = {key for key, value in asked.items() if key not in got and value != 0}
    assert not absent
    size = scale(done)
    for key, value in asked.items():
        money = key[0] in ("accounts", "cash_flow", "costs") and "ratio" not in str(key[2])
        slack = 1e-13 * size if money else 0.0
        assert got.get(key, 0.0) == pytest.approx(value, rel=TOLERANCE, abs=slack), key
    beyond = {key for key in got if key not in want and abs(got[key]) > 1e-12 * size}
    assert {key for key in beyond if key[0] != "cash_flow"} == set()
    for key in (one for one in beyond if one[0] == "cash_flow"):  # years of the slack add nothing
        _, who, name, _ = key
        assert name == "cumulative"
        assert got[key] == pytest.approx(done.net(done.ledger.row(who)), rel=TOLERANCE)


# Not in the workbook's results: what comes from draws, and inputs that stand elsewhere.
NOT_THERE = {
    "net_low", "net_high", "prob_positive", "prob_reached", "quantity", "price", "charged",
}  # fmt: skip


@pytest.fixture(scope="module")
def books() -> Mapping[str, bytes]:
    return {name: workbook(example.finding(), "en") for name, example in EXAMPLES.items()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_file_carries_the_account_without_being_computed(
    name: str, books: Mapping[str, bytes]
) -> None:
    is_the_account(opened(books[name], values=True), as_published(EXAMPLES[name]))


def test_results_are_formulas(books: Mapping[str, bytes]) -> None:
    book = opened(books["full"])
    for name in COMPUTED:
        constants = [
            cell.coordinate
            for row in book[name].iter_rows()
            for cell in row
            if isinstance(cell.value, (int, float))
            and cell.column_letter not in NOT_COMPUTED.get(name, "")
        ]
        assert constants == [], name
    account = book["Account"]
    top = head(account, "Payer")
    for row, column in itertools.product(range(top + 1, top + 10), range(2, 8)):
        assert str(account.cell(row, column).value).startswith("="), (row, column)


def formulas(book: Workbook) -> Iterator[str]:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    # References within a sheet do not name it.
                    yield re.sub(
                        r"(?<![!$A-Z:])(?=\$?[A-Z]{1,3}\$\d)", f"'{sheet.title}'!", cell.value
                    )


def test_every_input_moves_something(books: Mapping[str, bytes]) -> None:
    book = opened(books["full"])
    text = "\n".join(formulas(book))
    used = {int(row) for row in re.findall(r"'Inputs'!\$B\$(\d+)", text)}
    for start, end in re.findall(r"'Inputs'!\$B\$(\d+):\$B\$(\d+)", text):
        used |= set(range(int(start), int(end) + 1))
    idle = {key for key, cell in keyed(book).items() if int(cell[1:]) not in used}
    assert idle == set()


def test_inputs_say_what_they_are(books: Mapping[str, bytes]) -> None:
    sheet = opened(books["full"])["Inputs"]
    start = head(sheet, "What") + 1
    rows = [
        [sheet.cell(row, column).value for column in range(1, 9)]
        for row in range(start, sheet.max_row + 1)
        if sheet.cell(row, 8).value
    ]
    keys = [row[7] for row in rows]
    assert len(keys) == len(set(keys)) > 120
    for label, value, _, published, *_ in rows:
        assert label
        assert value == published is not None
    found = {row[7]: row for row in rows}
    assert found["rate.1"][4] == "unverified"
    assert "R-109/21" in found["rate.1"][5]
    assert found["programme.amount"][4] == "illustrative"
    assert found["programme.amount"][2] == "NOK, per participant"
    assert found["effect.main"][4] == "estimated"


def test_an_assumed_effect_is_marked(books: Mapping[str, bytes]) -> None:
    book = opened(books["two"])
    row = int(keyed(book)["effect.absence"][1:])
    assert book["Inputs"].cell(row, 5).value == "assumed"
    assert book["Inputs"].cell(row, 3).value == "days"


def test_converted_money_stands_beside_what_it_was_converted_by(
    books: Mapping[str, bytes],
) -> None:
    book = opened(books["two"])
    cells, sheet = keyed(book), book["Inputs"]
    assert sheet[cells["course.amount"]].value == 1000
    # 415.15 / 328.40 in Sweden from 2018 to 2024, then 11.6290 / 11.4325 crowns.
    assert sheet[cells["course.factor"]].value == pytest.approx(1.2858877, rel=1e-6)


def test_costs_alone_have_no_break_even(books: Mapping[str, bytes]) -> None:
    assert "Break-even" not in opened(books["costs"]).sheetnames
    assert "Break-even" in opened(books["full"]).sheetnames


def test_two_builds_are_the_same_bytes() -> None:
    finding = EXAMPLES["small"].finding()
    assert workbook(finding, "en") == workbook(finding, "en")


@pytest.mark.parametrize("language", ["en", "nb", "nn", "sv"])
def test_dummy_data_are_marked_on_every_sheet(language: str) -> None:
    example = EXAMPLES["small"]
    marked = opened(workbook(example.finding("dummy"), language))
    plainly = opened(workbook(example.finding(), language))
    for sheet, other in zip(marked, plainly, strict=True):
        warning = catalogue({"nn": "nb"}.get(language, language))["workbook.dummy"]
        assert sheet["A2"].value == warning
        assert warning not in [cell.value for row in other.iter_rows() for cell in row]


def test_languages_say_the_same_numbers() -> None:
    finding = FULL_EXAMPLE.finding()
    numbers = []
    for language in ("en", "nb", "sv"):
        book = opened(workbook(finding, language), values=True)
        numbers.append(
            [
                cell.value
                for sheet in book
                for row in sheet.iter_rows()
                for cell in row
                if isinstance(cell.value, (int, float))
            ]
        )
    assert numbers[0] == numbers[1] == numbers[2]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", '=HYPERLINK("https://a.example")'])
def test_text_stays_text(text: str) -> None:
    definition: dict[str, Any] = {**EXAMPLES["small"].definition}
    definition["payers"] = {
        key: {**one, "title": text} for key, one in definition["payers"].items()
    }
    definition["costs"] = [{**definition["costs"][0], "title": text, "note": text}]
    example = replace(EXAMPLES["small"], definition=definition)
    book = opened(workbook(example.finding(title=text), "en"))
    assert book["Read me"]["A1"].value == text
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert sum(cell.value == text and cell.data_type == "s" for cell in cells) > 10
    assert all(cell.data_type == "s" for cell in cells if cell.value == text)
    assert not any(sheet._hyperlinks for sheet in book)


def test_a_finding_without_an_account_has_no_workbook() -> None:
    finding = replace(EXAMPLES["small"].finding(), tables=())
    with pytest.raises(ValueError, match="no account"):
        workbook(finding, "en")


A, B = Formula("A1", 5.0), Formula("B1", -2.0)


@pytest.mark.parametrize(
    ("found", "text", "value"),
    [
        (A - (B + 1), "A1-(B1+1)", 6.0),
        (A / (B * 2), "A1/(B1*2)", -1.25),
        ((A + B) * 2, "(A1+B1)*2", 6.0),
        ((-B) ** 2, "(-B1)^2", 4.0),
        (-(A + B), "-(A1+B1)", -3.0),
        (1 - A, "1-A1", -4.0),
        (A - plain(-3), "A1--3", 8.0),
        (choose(holds(A, ">", B), A / 0, "no"), "IF(A1>B1,A1/0,\"no\")", None),
        (choose(every(holds(A, ">", 0), some(holds(B, "=", 1), holds(B, "<", 0))), 1, 2),
         "IF(AND(A1>0,OR(B1=1,B1<0)),1,2)", 1.0),
        (products(Block("C1:D1", (1.0, 2.0)), Block("C2:D2", (3.0, 4.0))),
         "SUMPRODUCT(C1:D1,C2:D2)", 11.0),
    ],
)  # fmt: skip
def test_formulas_know_their_value(found: Formula, text: str, value: float | None) -> None:
    assert found.text == text
    if value is not None:
        assert found.value == value


@pytest.mark.parametrize(
    ("at", "height"),
    [(10, 1.0), (18, 1.0), (20, 2.0), (22, 3.0), (30, 1.0), (38, -1.0), (90, -1.0)],
)
def test_profiles_are_straight_between_points(at: float, height: float) -> None:
    points = Block("A1:A3", (18.0, 22.0, 38.0)), Block("B1:B3", (1.0, 3.0, -1.0))
    assert interpolated(plain(at), *points).value == height


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Workbook]:
    """All workbooks, as they are and changed, computed by LibreOffice in one run."""
    given = {
        f"same_{name}": change(workbook(one.finding(), "en"), ()) for name, one in EXAMPLES.items()
    }
    for name, (example, twins, effects) in CASES.items():
        changes = [one.change for one in twins]
        changes += [Change(f"effect.{key}", value) for key, value in effects.items()]
        given[name] = change(workbook(example.finding(), "en"), tuple(changes))
    return recalculated(given, tmp_path_factory.mktemp("office"), str(PROGRAM))


needs_office = pytest.mark.skipif(PROGRAM is None, reason="no LibreOffice on this machine")


@pytest.mark.slow
@needs_office
@pytest.mark.parametrize("name", EXAMPLES)
def test_libreoffice_computes_the_published_account(
    name: str, computed: Mapping[str, Workbook]
) -> None:
    is_the_account(computed[f"same_{name}"], as_published(EXAMPLES[name]))


@pytest.mark.slow
@needs_office
@pytest.mark.parametrize("name", CASES)
def test_libreoffice_computes_what_python_does_with_other_inputs(
    name: str, computed: Mapping[str, Workbook]
) -> None:
    example, twins, effects = CASES[name]
    is_the_account(computed[name], of(example, twins, **effects))
    wrong = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in computed[name]
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and re.match(r"#|Err:", cell.value)
    ]
    assert wrong == []


@pytest.mark.slow
@needs_office
def test_more_than_twenty_inputs_change_together_and_each_payer_moves(
    computed: Mapping[str, Workbook],
) -> None:
    _, twins, effects = CASES["full"]
    assert len({one.cell for one in twins}) + len(effects) > 20
    who = names(FULL_EXAMPLE.finding())
    before, after = (told(computed[name], who) for name in ("same_full", "full"))
    still = [one for one in who if before[_net(one)] == pytest.approx(after[_net(one)], rel=1e-3)]
    assert still == []


def _net(who: str) -> tuple[str, str, str]:
    return ("accounts", who, "net")


def test_numbers_are_read_by_table_row_and_column(books: Mapping[str, bytes]) -> None:
    got: Numbers = told(opened(books["small"], values=True), names(EXAMPLES["small"].finding()))
    assert got["accounts", "funder", "cost"] == 1000
    # 1250.5 units worth 1 each, a quarter to the funder, a year later at 25 %.
    assert got["accounts", "funder", "benefit"] == pytest.approx(1250.5 * 0.25 / 1.25)
    assert got["break_even", "society", "effect"] == pytest.approx(1250)
