"""Pass rates of few people, exact and with a prior: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evaluate.core import Cell, CellType, Check, Strict, Table, Text
from evaluate.inference.linear import Float
from evaluate.inference.pass_rate import Prior, pass_rate
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
from evaluate.wording.labels_pass_rates import LABELS, WORDS

ALL = "all"
MOST_UNKNOWN = 0.2
_COLUMNS: tuple[tuple[str, CellType], ...] = (
    ("group", "text"),
    ("n", "integer"),
    ("n_passed", "integer"),
    ("n_unknown", "integer"),
    ("share", "share"),
    ("conf_low", "share"),
    ("conf_high", "share"),
    ("bound_low", "share"),
    ("bound_high", "share"),
    ("posterior", "share"),
    ("credible_low", "share"),
    ("credible_high", "share"),
    ("reference", "share"),
    ("above", "share"),
    ("state", "text"),
)


class Believed(Strict):
    """What was believed of the share before the data, as so many seen."""

    passed: float = Field(default=0.5, gt=0, description="Passed, as if seen before.")
    failed: float = Field(default=0.5, gt=0, description="Failed, as if seen before.")


class PassRates(FromRecord):
    """One row for each try, such as an exam: one for each person, or people are counted twice."""

    passed: ColumnName = cell(
        "boolean", "Column: 1 where passed, 0 where failed; empty where not known.", missing=True
    )
    group: ColumnName | None = cell(
        "any", "Column to show rates by, such as the term.", default=None
    )
    prior: Believed = Field(
        default_factory=Believed,
        description="What was believed beforehand; a half each favours nothing.",
    )
    reference: float | None = Field(
        default=None, gt=0, lt=1, description="Rate to hold it against, such as of all candidates."
    )
    titles: dict[str, Text] = Field(default_factory=dict, description="What groups are called.")


def _row(spec: PassRates, name: str, passed: Float, conf_level: float) -> dict[str, Cell]:
    known = passed[~np.isnan(passed)]
    n, hit, lost = len(known), int(known.sum()), len(passed) - len(known)
    row: dict[str, Cell] = {"group": name, "n": n, "n_passed": hit, "n_unknown": lost}
    if not n:
        return row | {"state": "nobody"}
    found = pass_rate(
        hit,
        n,
        prior=Prior(spec.prior.passed, spec.prior.failed),
        reference=spec.reference,
        conf_level=conf_level,
    )
    row |= {
        "share": found.share,
        "conf_low": found.conf_low,
        "conf_high": found.conf_high,
        "bound_low": hit / (n + lost),
        "bound_high": (hit + lost) / (n + lost),
        "posterior": found.mean,
        "credible_low": found.credible_low,
        "credible_high": found.credible_high,
    }
    if found.above is not None:
        row |= {"reference": spec.reference, "above": found.above}
    return row


def _rows(
    spec: PassRates, columns: Mapping[str, NDArray[np.object_]], conf_level: float
) -> Iterator[dict[str, Cell]]:
    passed = columns["passed"].astype(np.float64)
    yield _row(spec, ALL, passed, conf_level)
    if "group" in columns:
        names = columns["group"].astype(str)
        for name in sorted(set(names)):
            yield _row(spec, str(name), passed[names == name], conf_level)


def _estimate(spec: PassRates, inquiry: Inquiry) -> Result:
    rows = tuple(_rows(spec, inquiry.table(spec), inquiry.conf_level))
    columns = tuple(column_of(LABELS, name, kind) for name, kind in _COLUMNS)
    table = Table("rates", "pass_rates_rates", columns, rows)
    return Result((), checks=(_check(rows[0]),), tables=(table,))


def _check(row: Mapping[str, Cell]) -> Check:
    n, lost = int(row["n"] or 0), int(row["n_unknown"] or 0)
    share = lost / (n + lost) if n + lost else 1.0
    text = (
        f"Of {n + lost} tries the result of {lost} is not known; up to {MOST_UNKNOWN:.0%} is taken"
        " as few."
    )
    return Check("passes_known", "passed" if share <= MOST_UNKNOWN else "failed", text, "rates")


def _titles(spec: PassRates) -> Mapping[str, Text]:
    return {**cast("Mapping[str, Text]", WORDS), **spec.titles}


_TRIES, _CHANCE, _LOST = 40, 0.6, 0.1


def _example(rng: np.random.Generator) -> Example[PassRates]:
    """Return made-up exams of private candidates in two terms."""
    passed = (rng.random(_TRIES) < _CHANCE).astype(np.float64)
    passed[rng.random(_TRIES) < _LOST] = np.nan
    term = np.array([("spring", "autumn")[i % 2] for i in range(_TRIES)], dtype=object)
    spec = PassRates(record="exams", passed="passed", group="term", reference=0.5)
    return Example(spec, {"exams": {"passed": passed, "term": term}})


METHOD = Method(
    name="pass_rates",
    title="Pass rates of few",
    spec=PassRates,
    rung=1,
    estimate=_estimate,
    example=_example,
    needs={1: frozenset({"passes_known"})},
    titles=_titles,
)
