"""Agreement of coders: how far two or more who read the same say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal, Self, cast

import numpy as np
from pydantic import Field, model_validator

from evaluate.core import Cell, CellType, Check, CheckResult, Name, Strict, Table, Text
from evaluate.inference.agreement_bootstrap import Agreement as Found
from evaluate.inference.agreement_pair import cohen
from evaluate.inference.agreement_panel import Int, Panel, panel_of, stacked
from evaluate.inference.agreement_report import coefficients, disagreements, exchanged
from evaluate.inference.agreement_rows import given_codes, panel_of_values, spoken
from evaluate.method import (
    ColumnName,
    Example,
    FromRecord,
    Inquiry,
    Method,
    Result,
    cell,
    column_of,
)
from evaluate.wording.labels_agreement import LABELS, WORDS

LEAST, GOOD = 0.667, 0.8  # Krippendorff (2004), Content Analysis, 2nd ed., pp. 241-243
_MOST_VALUES = 12  # above, pairs of values say nothing that a reader could use
_PAIR = 2
Row = dict[str, Cell]
_COEFFICIENTS: Mapping[str, CellType] = {
    "key": "text", "variable": "text", "coefficient": "text", "value": "number",
    "low": "number", "high": "number", "n_units": "integer", "coders": "integer",
    "state": "text",
}  # fmt: skip
_CODES: Mapping[str, CellType] = {
    "key": "text", "variable": "text", "code": "text", "value": "number", "low": "number",
    "high": "number", "percent": "share", "gwet": "number", "n_given": "integer",
    "n_units": "integer", "state": "text",
}  # fmt: skip
_PAIRS: Mapping[str, CellType] = {
    "key": "text", "variable": "text", "first": "integer", "second": "integer",
    "percent": "share", "kappa": "number", "std_error": "number", "z": "number",
    "n_units": "integer", "state": "text",
}  # fmt: skip
_DISAGREEMENTS: Mapping[str, CellType] = {
    "key": "text", "variable": "text", "one": "text", "other": "text", "n_pairs": "integer",
    "share": "share",
}  # fmt: skip


class Ratings(FromRecord):
    """What coders said of units: a row for each unit and coder, or each code that one gave."""

    unit: ColumnName = cell("text", "Column of what was coded, such as the segment.")
    coder: ColumnName = cell("text", "Column of who coded; never shown by name.", missing=True)
    value: ColumnName | None = cell(
        "any", "Column of the value that the coder chose.", missing=True, default=None
    )
    code: ColumnName | None = cell(
        "text",
        "Column of the code, where a unit may have several: a code without a row was not given.",
        missing=True,
        default=None,
    )
    title: Text | None = Field(default=None, description="What was judged.")
    scale: Literal["nominal", "ordinal", "interval", "ratio"] = Field(
        default="nominal", description="How values of `value` differ."
    )
    order: tuple[str, ...] = Field(
        default=(), description="Values of an ordinal scale, lowest first; else as numbers."
    )
    titles: dict[str, Text] = Field(
        default_factory=dict, description="What values, or codes, are called."
    )

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.value is None) == (self.code is None):
            raise ValueError("give `value`, or `code` where a unit may have several; one of them")
        if self.code is not None and self.scale != "nominal":
            raise ValueError("a code is given or not; delete `scale`")
        if self.order and self.scale != "ordinal":
            raise ValueError("`order` belongs to `scale: ordinal`")
        if len(set(self.order)) < len(self.order):
            raise ValueError("`order` names a value twice")
        return self


class Agreement(Strict):
    """Variables that two or more coded independently of each other."""

    variables: dict[Name, Ratings] = Field(
        min_length=1, max_length=20, description="Each variable by its key."
    )
    good: float = Field(
        default=GOOD, gt=0, le=1, description="Krippendorff's alpha from which coding is reliable."
    )
    least: float = Field(
        default=LEAST, gt=0, le=1, description="Alpha below which nothing may rest on the coding."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.good:
            raise ValueError("`least` lies above `good`; turn them round")
        return self


def _estimate(spec: Agreement, inquiry: Inquiry) -> Result:
    rows: dict[str, list[Row]] = {"coefficients": [], "codes": [], "pairs": [], "disagreements": []}
    judged: dict[str, tuple[CheckResult, str]] = {}
    for key, one in spec.variables.items():
        columns = spoken(inquiry.table(one))
        if one.code is not None:
            labels, given, names = given_codes(columns)
            panel = stacked(given, names)
            rows["codes"] += _codes(key, (labels, given, names), inquiry)
            rows["disagreements"] += _apart(key, exchanged(given, labels))
        else:
            panel = panel_of_values(columns, one.scale, one.order)
            if one.scale in {"nominal", "ordinal"}:
                rows["pairs"] += _pairs(key, panel)
            if len(panel.categories) <= _MOST_VALUES:
                rows["disagreements"] += _apart(key, disagreements(panel))
        found = dict(
            coefficients(
                panel, one.scale, inquiry.rng(key), draws=inquiry.draws,
                conf_level=inquiry.conf_level,
            )
        )  # fmt: skip
        rows["coefficients"] += _coefficients(key, found)
        judged[key] = _judged(spec, key, found["alpha"])
    kinds = {"coefficients": _COEFFICIENTS, "codes": _CODES, "pairs": _PAIRS,
             "disagreements": _DISAGREEMENTS}  # fmt: skip
    tables = tuple(_table(id_, kinds[id_], some) for id_, some in rows.items() if some)
    return Result((), checks=(_check(judged),), tables=tables)


def _table(id_: str, kinds: Mapping[str, CellType], rows: Sequence[Row]) -> Table:
    head = tuple(column_of(LABELS, name, kind) for name, kind in kinds.items())
    whole = tuple({k: v for k, v in row.items() if v is not None} for row in rows)
    return Table(id_, f"agreement_{id_}", head, whole)


def _coefficients(key: str, found: Mapping[str, Found]) -> Iterator[Row]:
    for name, one in found.items():
        yield {
            "key": f"{key}.{name}",
            "variable": key,
            "coefficient": f"agreement.{name}",
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "n_units": one.n_units,
            "coders": one.n_coders,
            "state": _state(one.state),
        }


def _state(state: str | None) -> str | None:
    return None if state is None else f"agreement.{state}"


def _codes(
    key: str, read: tuple[tuple[str, ...], Int, list[str]], inquiry: Inquiry
) -> Iterator[Row]:
    labels, given, names = read
    for at, label in enumerate(labels):
        panel = panel_of(given[:, at], (0, 1), names)
        found = dict(
            coefficients(
                panel, "nominal", inquiry.rng(key, label), draws=inquiry.draws,
                conf_level=inquiry.conf_level,
            )
        )  # fmt: skip
        alpha = found["alpha"]
        shared = given[(given[:, 0] >= 0).sum(axis=1) >= _PAIR, at]
        yield {
            "key": f"{key}.{label}",
            "variable": key,
            "code": label,
            "value": alpha.value,
            "low": alpha.low,
            "high": alpha.high,
            "percent": found["percent"].value,
            "gwet": found["gwet"].value,
            "n_given": int((shared == 1).any(axis=1).sum()),
            "n_units": alpha.n_units,
            "state": _state(alpha.state),
        }


def _pairs(key: str, panel: Panel) -> Iterator[Row]:
    for one, other in combinations(range(len(panel.coders)), _PAIR):
        pair = panel.of(one, other)
        row: Row = {
            "key": f"{key}.{one + 1}_{other + 1}",
            "variable": key,
            "first": one + 1,
            "second": other + 1,
            "n_units": len(pair.codes),
        }
        if not len(pair.codes):
            yield row | {"state": "agreement.no_shared_units"}
            continue
        got = cohen(pair)
        yield row | {
            "percent": got.agreement,
            "kappa": got.value,
            "std_error": got.std_error,
            "z": got.z,
            "state": _state(got.state),
        }


def _apart(key: str, counts: Mapping[tuple[str, str], int]) -> Iterator[Row]:
    total = sum(counts.values())
    for (one, other), n in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield {
            "key": f"{key}.{one}.{other}",
            "variable": key,
            "one": one,
            "other": other,
            "n_pairs": n,
            "share": n / total,
        }


def _judged(spec: Agreement, key: str, alpha: Found) -> tuple[CheckResult, str]:
    if alpha.value is None:
        return "uninformative", f"{key}: all values are equal, so that alpha is not defined."
    said = f"{key}: alpha is {alpha.value:.2f}"
    wanted = f"wanted {spec.good:g} or more, and nothing may rest on less than {spec.least:g}."
    if alpha.low is None or alpha.high is None:
        return "uninformative", f"{said} without an interval, {wanted}"
    text = f"{said} ({alpha.low:.2f} to {alpha.high:.2f}) over {alpha.n_units} units, {wanted}"
    if alpha.value < spec.least:
        return "failed", text
    passed = alpha.value >= spec.good and alpha.low >= spec.least
    return ("passed" if passed else "uninformative"), text


def _check(judged: Mapping[str, tuple[CheckResult, str]]) -> Check:
    order: tuple[CheckResult, ...] = ("failed", "uninformative", "passed")
    worst = next(one for one in order if one in {result for result, _ in judged.values()})
    told = " ".join(text for _, text in judged.values())
    return Check("agreement", worst, told, "coefficients")


def _titles(spec: Agreement) -> Mapping[str, Text]:
    found = dict(cast("Mapping[str, Text]", WORDS))
    for key, one in spec.variables.items():
        found |= one.titles
        if one.title is not None:
            found[key] = one.title
    return found


def _example(rng: np.random.Generator) -> Example[Agreement]:
    """Return made-up codes of three coders, and grades that two of them gave."""
    codes, units = ("mandate", "meetings", "secrecy"), 50
    truth = rng.integers(0, len(codes), units)
    said = [
        (f"s{at}", coder, codes[one if rng.random() < share else int(rng.integers(len(codes)))])
        for coder, share in (("a", 0.95), ("b", 0.9), ("c", 0.8))
        for at, one in enumerate(truth)
        if coder != "c" or at % 2
    ]
    unit, who, code = (np.array(one, dtype=object) for one in zip(*said, strict=True))
    grade = np.array([codes.index(one) + 1.0 for one in code])
    record = {"segment": unit, "coder": who, "code": code, "grade": grade}
    variables = {
        "theme": Ratings(record="segments", unit="segment", coder="coder", value="code"),
        "given": Ratings(record="segments", unit="segment", coder="coder", code="code"),
        "grade": Ratings(
            record="segments", unit="segment", coder="coder", value="grade", scale="interval"
        ),
        "rank": Ratings(
            record="segments", unit="segment", coder="coder", value="code",
            scale="ordinal", order=codes,
        ),
    }  # fmt: skip
    return Example(Agreement(variables=variables), {"segments": record})


METHOD = Method(
    name="agreement",
    title="Agreement of coders",
    spec=Agreement,
    rung=0,
    estimate=_estimate,
    example=_example,
    titles=_titles,
)
