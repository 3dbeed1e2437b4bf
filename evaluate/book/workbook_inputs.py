"""The sheets that a reader changes: every figure of the account in a cell of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluate.book.account_reading import effects
from evaluate.book.workbook_formula import Block, Formula, Value, holds
from evaluate.book.workbook_reading import Account, Line
from evaluate.book.workbook_sheet import Sheet

_SURE = ("verified", "calculated", "estimated")
_NO_ROW: Mapping[str, Any] = {}
_CHECKS: Mapping[str, Mapping[str, Any]] = {
    "share": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1},
    "rate": {"validate": "decimal", "criteria": "between", "minimum": -0.99, "maximum": 0.3},
}
_TOLERANCE = 1e-9


@dataclass(slots=True)
class Inputs:
    """References to the inputs.

    Attributes
    ----------
    account : Account
        What the finding holds.
    sheet : Sheet
        Where single figures stand.
    cells : dict of str to Formula
        By key, such as ``"programme.amount"``.
    blocks : dict of str to Block
        Ages and heights of profiles, and shares of payers, by key.
    """

    account: Account
    sheet: Sheet
    cells: dict[str, Formula] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Formula:
        """Return a reference to an input."""
        return self.cells[key]

    def word(self, key: str, **slots: object) -> str:
        """Return a word of the workbook."""
        return self.account.view.words(f"workbook.{key}", **slots)

    def group(self, title: str) -> None:
        """Begin a group of inputs."""
        self.sheet.row += 1
        self.sheet.text(0, title, "group")
        for column in range(1, 8):
            self.sheet.text(column, "", "group")
        self.sheet.row += 1

    def put(self, key: str, label: str, value: Value, kind: str, **beside: str) -> None:
        """Write an input: what it is, its value, and beside it unit, status, source and note.

        Parameters
        ----------
        key : str
            Of the input, in the last column.
        label : str
            What it is.
        value : float or str
            As published.
        kind : str
            Of number.
        **beside : str
            ``unit``, ``status``, ``source``, ``note``.
        """
        sheet = self.sheet
        sheet.text(0, label, "wrapped")
        self.cells[key] = sheet.given(1, value, kind)
        if kind in _CHECKS:
            sheet.page.data_validation(sheet.row, 1, sheet.row, 1, dict(_CHECKS[kind]))
        sheet.text(2, beside.get("unit", ""), "beside")
        if isinstance(value, str):
            sheet.text(3, value, "small")
        else:
            sheet.fixed(3, value, kind)
        status = beside.get("status", "")
        sure = {self.word(f"status.{one}") for one in _SURE}
        sheet.text(4, status, "beside" if status in sure else "mark")
        source, note = beside.get("source", ""), beside.get("note", "")
        sheet.text(5, source, "wrapped")
        sheet.text(6, note, "wrapped")
        sheet.text(7, key, "small")
        sheet.tall((0, label), (5, source), (6, note))
        sheet.row += 1

    def choice(self, key: str, chosen: str, among: tuple[str, ...]) -> None:
        """Write an input that is one of a few words."""
        words = {one: self.word(f"{key.rpartition('.')[2]}.{one}") for one in among}
        where = {"validate": "list", "source": list(words.values())}
        self.sheet.page.data_validation(self.sheet.row, 1, self.sheet.row, 1, where)
        note = self.word(f"note.{key.rpartition('.')[2]}")
        self.put(
            key, self.word(f"input.{key.rpartition('.')[2]}"), words[chosen], "plain", note=note
        )

    def chosen(self, key: str, word: str) -> Formula:
        """Return whether a word is the one that is chosen."""
        return holds(self.cells[key], "=", self.word(f"{key.rpartition('.')[2]}.{word}"))


def write_inputs(inputs: Inputs) -> None:
    """Write the sheet of single figures."""
    sheet, word = inputs.sheet, inputs.word
    heads = ("what", "value", "unit", "published", "status", "source", "note", "key")
    sheet.head([word(f"head.{one}") for one in heads], (1, 3), frozen=2)
    start = sheet.row
    _effects(inputs)
    _frame(inputs)
    _rates(inputs)
    _kept(inputs)
    for line in inputs.account.lines:
        _line(inputs, line)
    moved = {"type": "formula", "criteria": f'=AND($D{start + 1}<>"",$B{start + 1}<>$D{start + 1})'}
    look = sheet.formats.style("mark")
    sheet.page.conditional_format(start, 1, sheet.row, 1, {**moved, "format": look})


def _effects(inputs: Inputs) -> None:
    account = inputs.account
    found = effects(account.view)
    if not found:
        return
    inputs.group(inputs.word("group.effects"))
    for one in found:
        row, assumed = one.row, one.assumed
        mark = "estimated" if row else "assumed"
        note = row.method if row else account.text(assumed.get("note"))
        inputs.put(
            f"effect.{one.key}",
            account.effect_title(one.key),
            account.effects[one.key],
            account.effect_kind,
            unit=account.effect_unit(one.key),
            status=account.status(mark),
            source=account.source(assumed, {}),
            note=note,
        )


def _frame(inputs: Inputs) -> None:
    """Write what holds for all rows: people, years, timing, the cost of public funds."""
    account, word = inputs.account, inputs.word
    spec, funds = account.spec, account.public_funds
    inputs.group(word("group.frame"))
    inputs.put("base_year", word("input.base_year"), float(spec["base_year"]), "whole")
    inputs.choice("timing", spec.get("timing", "start"), ("start", "mid", "end"))
    _year(inputs, "horizon", float(account.n_years - 1 if "horizon" not in spec else account.last))
    if "observed" in spec:
        for end in ("from", "to"):
            _year(inputs, f"observed.{end}", float(spec["observed"][end]))
    people = spec.get("participants", {})
    for key in ("treated", "completed"):
        if key in people:
            inputs.put(key, word(f"input.{key}"), float(people[key]), "number")
    if "age" in people or any(line.profile for line in account.lines):
        inputs.put("age", word("input.age"), float(people.get("age", 0)), "whole")
    block = spec.get("public_funds", _NO_ROW)
    inputs.put(
        "public_funds",
        word("input.public_funds"),
        float(funds.get("amount") or 0.0),
        "share",
        status=account.status(funds.get("status")),
        source=account.source(block, funds),
        note=account.text(block.get("note")) or account.text(funds.get("note")),
    )


def _year(inputs: Inputs, key: str, value: float) -> None:
    """Write a year after the base year; the sheets have room for so many."""
    most = inputs.account.n_years - 1
    span = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": most}
    inputs.sheet.page.data_validation(inputs.sheet.row, 1, inputs.sheet.row, 1, span)
    name = key.rpartition(".")[2] if not key.startswith("observed") else key.replace(".", "_")
    inputs.put(key, inputs.word(f"input.{name}"), value, "whole", unit=inputs.word("unit.year"))


def _rates(inputs: Inputs) -> None:
    account, word = inputs.account, inputs.word
    inputs.group(word("group.rates"))
    for n, rate in enumerate(account.rates, start=1):
        beside = {
            "status": account.status(rate.get("status")),
            "source": account.source(_NO_ROW, rate),
            "note": str(rate.get("note") or ""),
        }
        inputs.put(f"rate.{n}", word("input.rate", n=n), float(rate["rate"] or 0), "rate", **beside)
        if rate.get("to_year") is not None:
            inputs.put(
                f"rate.{n}.to",
                word("input.rate_to", n=n),
                float(rate["to_year"] or 0),
                "whole",
                unit=word("unit.year"),
            )


def _kept(inputs: Inputs) -> None:
    """Write what payers keep of tax revenue after equalisation."""
    account, word = inputs.account, inputs.word
    kept = {
        key: one["retention"] for key, one in account.spec["payers"].items() if "retention" in one
    }
    if not kept:
        return
    inputs.group(word("group.kept"))
    inputs.choice("scope", account.spec.get("scope", "national"), ("local", "national"))
    for payer, rule in kept.items():
        rest = word("note.rest", payer=account.name(rule["rest"]))
        for scope in ("local", "national"):
            label = f"{account.name(payer)}: {word(f'input.kept_{scope}')}"
            inputs.put(f"kept.{payer}.{scope}", label, float(rule[scope]), "share", note=rest)


def _line(inputs: Inputs, line: Line) -> None:
    """Write the figures of a row of money."""
    account, word, given = inputs.account, inputs.word, line.given
    inputs.group(f"{account.title(line)} ({word(f'side.{line.side}')})")
    mark = account.status(line.figure.get("status", given.get("status")))
    source = account.source(given, line.figure)
    note = account.text(given.get("note")) or account.text(line.figure.get("note"))
    unit = f"{line.figure.get('currency', account.view.currency)}, {word(f'per.{line.per}')}"
    amount = float(line.figure.get("amount") or 0.0)
    inputs.put(
        f"{line.item}.amount", word("input.amount"), amount, "number",
        unit=unit, status=mark, source=source, note=note,
    )  # fmt: skip
    for name, value, kind, unit in _further(inputs, line):
        inputs.put(
            f"{line.item}.{name}", word(f"input.{name}"), value, kind, unit=unit, status=mark
        )
    if line.follows:
        fade = given.get("fade", "none")
        kind = "rate" if isinstance(fade, Mapping) else str(fade)
        inputs.choice(f"{line.item}.fade", kind, ("none", "linear", "rate"))
        rate = float(fade["rate"]) if isinstance(fade, Mapping) else 0.0
        inputs.put(f"{line.item}.fade_rate", word("input.fade_rate"), rate, "share", status=mark)
    for end in ("from", "to"):
        _year(inputs, f"{line.item}.{end}", float(given["years"][end]))
    _profile(inputs, line, mark)


def _further(inputs: Inputs, line: Line) -> Iterator[tuple[str, float, str, str]]:
    """Yield the name, value, kind and unit of a row's other figures."""
    given, word = line.given, inputs.word
    if line.factor != 1.0:
        converted = str(line.figure.get("conversion", ""))
        yield "factor", line.factor, "factor", converted
    yield "times", line.number("times"), "number", ""
    if line.block == "costs":
        yield "quantity", line.number("quantity"), "number", str(given.get("unit", ""))
        yield "charged", line.number("charged"), "share", ""
        if "durable" in given:
            durable = given["durable"]
            yield "durable_years", float(durable["years"]), "whole", word("unit.years")
            yield "salvage", float(durable.get("salvage", 0.0)), "number", ""
            yield "durable_rate", float(durable["rate"]), "rate", ""
    for part in ("tax", "contribution"):
        if part in given:
            yield f"{part}_rate", float(given[part]["rate"]), "share", ""
    if given.get("administration"):
        yield "administration", float(given["administration"]), "share", ""
    yield "growth", line.number("growth", 0.0), "rate", ""
    yield "survival", line.number("survival"), "rate", ""
    yield "causal", line.fraction("causal", 1.0), "share", ""
    yield "displaced", line.fraction("displaced", 0.0), "share", ""


def _profile(inputs: Inputs, line: Line, mark: str) -> None:
    """Write the points of a profile: all ages, then all heights, so that each is a block."""
    sheet, points = inputs.sheet, line.profile
    if not points:
        return
    for name, values, kind in (
        ("age_at", list(points), "whole"),
        ("height_at", list(points.values()), "number"),
    ):
        start = sheet.row
        for n, value in enumerate(values, start=1):
            label = inputs.word(f"input.{name}", n=n)
            inputs.put(f"{line.item}.{name}.{n}", label, value, kind, status=mark)
        block = sheet.block((start, 1), (sheet.row - 1, 1), values)
        inputs.blocks[f"{line.item}.{name}"] = block
