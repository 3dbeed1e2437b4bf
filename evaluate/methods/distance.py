"""How two organisations see each other, each way: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Literal, Self, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evaluate.core import Cell, CellType, Check, Name, Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference import perception_report as report
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
from evaluate.wording.labels_distance import LABELS, WORDS

# Agreement from which a mean is commonly taken to stand for a side (LeBreton & Senter 2008).
ENOUGH = 0.7
_NUMBERS = {"mean", "std_dev", "conf_low", "conf_high", "df", "mean_one", "mean_other", "gap"}
_NUMBERS |= {"icc_one", "icc_other", "agreement", "mean_seen", "mean_own"}
_COUNTS = {"n", "n_one", "n_other", "cases"}


class Ratings(FromRecord):
    """One row for each rater and each organisation that the rater judged."""

    case: ColumnName = cell("text", "Column of the case, such as the county.")
    by: ColumnName = cell("text", "Column of the side that the rater belongs to.")
    of: ColumnName = cell("text", "Column of the side that is rated; the rater's own is allowed.")
    items: tuple[ColumnName, ...] = cell(
        "number", "Columns of the items, all on one scale.", missing=True, min_length=1
    )


class Distances(Strict):
    """Ratings of two or more sides of each other."""

    ratings: Ratings = Field(description="The ratings.")
    lowest: int = Field(default=1, description="Lowest rating possible.")
    highest: int = Field(default=5, description="Highest rating possible.")
    high_means: Literal["close", "far"] = Field(
        description="What a high rating says: that the other side is close, or far."
    )
    sides: dict[Name, Text] = Field(
        min_length=2, description="The sides by their key in the rows, with their titles."
    )
    pairs: tuple[tuple[Name, Name], ...] = Field(
        default=(), description="Which sides see each other; all of them where absent."
    )
    cases: dict[Name, Text] = Field(
        default_factory=dict,
        description="Titles of cases; one without ratings is then shown as missing.",
    )
    items: dict[str, Text] = Field(default_factory=dict, description="Titles of items by column.")

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError("the scale has no width: lowest must be below highest")
        named = {one for pair in self.pairs for one in pair}
        if named - set(self.sides) or any(one == other for one, other in self.pairs):
            raise ValueError("a pair must name two of the sides")
        if len({frozenset(pair) for pair in self.pairs}) < len(self.pairs):
            raise ValueError("a pair stands twice; each is read both ways, so name it once")
        if set(self.items) - set(self.ratings.items):
            raise ValueError("an item with a title is not among the rated items")
        if report.ALL in self.ratings.items:
            raise ValueError("`all` is what the items together are called; rename that column")
        return self


_TABLES: Mapping[str, str] = {
    "matrix": "key case by of n mean conf_low conf_high std_dev distance agreement state",
    "gaps": "key case one other n_one n_other mean_one mean_other gap conf_low conf_high df"
    " distance state",
    "own": "key case one other n_one n_other mean_seen mean_own gap conf_low conf_high df state",
    "pairs": "key one other item cases n_one n_other mean_one mean_other gap conf_low conf_high df distance"
    " icc_one icc_other state",
}


def _type_of(name: str) -> CellType:
    if name == "distance":
        return "share"
    return "number" if name in _NUMBERS else "integer" if name in _COUNTS else "text"


def _table(id_: str, rows: Iterator[report.Row]) -> Table:
    names = _TABLES[id_].split()
    columns = tuple(column_of(LABELS, name, _type_of(name)) for name in names)
    whole = [{k: row[k] for k in names if row.get(k) is not None} for row in rows]
    return Table(id_, f"distance_{id_}", columns, tuple(whole))


def _read(spec: Distances, inquiry: Inquiry) -> report.Ratings:
    table = inquiry.table(spec.ratings)
    case, by, of = (table[name] for name in ("case", "by", "of"))
    if (set(by) | set(of)) - set(spec.sides):
        raise Refused(
            "unknown_side",
            "a row is of a side that has no title in the method's fields",
            "give every side a title, or correct the rows",
        )
    if spec.cases and set(case) - set(spec.cases):
        raise Refused(
            "unknown_case",
            "a row is of a case that has no title in the method's fields",
            "give every case a title, or correct the rows",
        )
    items: NDArray[Any] = table["items"]
    if np.any((items < spec.lowest) | (items > spec.highest)):
        raise Refused(
            "off_scale",
            "a rating is outside the declared scale",
            "correct the ratings, or the scale's lowest and highest value",
        )
    keys = sorted(set(zip(case, by, of, strict=True)))
    rows = {key: items[(case == key[0]) & (by == key[1]) & (of == key[2])] for key in keys}
    return report.Ratings(
        rows,
        tuple(spec.cases) or tuple(sorted(set(case))),
        tuple(spec.sides),
        spec.pairs or tuple(combinations(spec.sides, 2)),
        (float(spec.lowest), float(spec.highest)),
        spec.high_means == "close",
        inquiry.conf_level,
    )


def _estimate(spec: Distances, inquiry: Inquiry) -> Result:
    ratings = _read(spec, inquiry)
    own = (
        {**row, "mean_seen": row.get("mean_one"), "mean_own": row.get("mean_other")}
        for row in report.own_views(ratings)
    )
    tables = (
        _table("gaps", report.gaps(ratings)),
        _table("matrix", report.matrix(ratings)),
        _table("own", own),
        _table("pairs", report.over_cases(ratings, spec.ratings.items)),
    )
    rows = {one.id: one.rows for one in tables}
    checks = (_both_sides(rows["gaps"]), _raters(rows["matrix"]), _shared(rows["matrix"]))
    return Result((), checks=checks, tables=tuple(one for one in tables if one.rows))


def _both_sides(rows: Sequence[Mapping[str, Cell]]) -> Check:
    there = sum("gap" in row for row in rows)
    return Check(
        "distance_both_sides",
        "passed" if there == len(rows) else "failed",
        f"In {there} of {len(rows)} pairs in a case both sides rated each other; where one side"
        " is missing there is no gap.",
        "gaps",
    )


def _raters(rows: Sequence[Mapping[str, Cell]]) -> Check:
    there = [row for row in rows if "mean" in row]
    sure = sum("conf_low" in row for row in there)
    return Check(
        "distance_raters",
        "passed" if there and sure == len(there) else "uninformative",
        f"{sure} of {len(there)} views have an interval; the others rest on one rater, or on"
        " raters who all gave the same.",
        "matrix",
    )


def _shared(rows: Sequence[Mapping[str, Cell]]) -> Check:
    found = [float(row["agreement"] or 0) for row in rows if "agreement" in row]
    if not found:
        return Check(
            "distance_shared_view",
            "not_run",
            "No view has two raters with complete answers, so that it is not known whether a"
            " side has one view.",
            "matrix",
        )
    enough = sum(one >= ENOUGH for one in found)
    return Check(
        "distance_shared_view",
        "passed" if enough == len(found) else "failed",
        f"In {enough} of {len(found)} views raters of one side agree (r_wg {ENOUGH} or more);"
        " elsewhere the mean does not stand for a view that the side shares.",
        "matrix",
    )


def _titles(spec: Distances) -> Mapping[str, Text]:
    return {**cast("Mapping[str, Text]", WORDS), **spec.sides, **spec.cases, **spec.items}


_SEES = {("school", "nav"): 3.4, ("nav", "school"): 2.6, ("school", "school"): 4.2}


def _example(rng: np.random.Generator) -> Example[Distances]:
    """Return made-up ratings of school and NAV by each other, on two items, in four cases."""
    rows = []
    for case in ("east", "north", "south", "west"):
        moved = rng.normal(0, 0.5)
        for (by, of), middle in _SEES.items():
            if (case, by) == ("west", "nav"):  # a side that was not asked
                continue
            for _ in range(int(rng.integers(2, 6))):
                found = np.clip(np.round(rng.normal(middle + moved, 0.8, 2)), 1, 5)
                rows.append((case, by, of, *found))
    kinds = {"case": object, "by": object, "of": object, "trust": float, "meeting": float}
    columns = {
        name: np.array([row[i] for row in rows], dtype=kind)
        for i, (name, kind) in enumerate(kinds.items())
    }
    spec = Distances(
        ratings=Ratings(
            record="ratings", case="case", by="by", of="of", items=("trust", "meeting")
        ),
        high_means="close",
        sides={"school": "School", "nav": "NAV"},
    )
    return Example(spec, {"ratings": columns})


METHOD = Method(
    name="distance",
    title="Distance between organisations",
    spec=Distances,
    rung=2,
    estimate=_estimate,
    example=_example,
    needs={2: frozenset({"distance_both_sides"})},
    titles=_titles,
)
