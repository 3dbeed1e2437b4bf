"""What a plan can find, before there are data: an entry of ``analyses:``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, sqrt
from typing import Annotated, cast

import numpy as np
from pydantic import Field

from evaluate.core import Cell, CellType, Check, Name, Strict, Table, Text
from evaluate.inference.power import POWER, multiplier
from evaluate.inference.shares import detectable_difference, needed_by_normal
from evaluate.method import Example, Inquiry, Method, Result, column_of
from evaluate.wording.labels_detectable import LABELS, WORDS

_SHARES: tuple[tuple[str, CellType], ...] = (
    ("key", "text"),
    ("question", "text"),
    ("planned", "integer"),
    ("base", "share"),
    ("detectable", "share"),
    ("worthwhile", "share"),
    ("enough", "boolean"),
    ("needed", "integer"),
    ("state", "text"),
)
_PAIRS: tuple[tuple[str, CellType], ...] = (
    ("key", "text"),
    ("question", "text"),
    ("pairs", "integer"),
    ("correlation", "number"),
    ("size", "number"),
    ("icc", "number"),
    ("design_effect", "number"),
    ("detectable_sd", "number"),
    ("worthwhile", "number"),
    ("enough", "boolean"),
    ("needed", "integer"),
    ("state", "text"),
)


People = Annotated[int, Field(ge=2, le=10_000_000)]
Icc = Annotated[float, Field(ge=0, lt=1)]


class Shares(Strict):
    """Two groups of people whose shares are compared, such as of who completes."""

    title: Text = Field(description="What would be compared.")
    base: float = Field(gt=0, lt=1, description="Share without the programme.")
    people: tuple[People, ...] = Field(
        min_length=1, description="People in each group; the first is the plan."
    )
    downwards: bool = Field(default=False, description="Whether the programme lowers the share.")
    smallest_worthwhile: float | None = Field(
        default=None, gt=0, lt=1, description="Smallest difference worth having, as a share."
    )


class Pairs(Strict):
    """People who are measured before and after, without a comparison."""

    title: Text = Field(description="What would be measured.")
    pairs: tuple[People, ...] = Field(
        min_length=1, description="People with both values; the first is the plan."
    )
    correlation: float = Field(ge=-1, lt=1, description="Assumed of the two values.")
    cluster_size: float = Field(default=1.0, ge=1, description="People in a cluster.")
    icc: tuple[Icc, ...] = Field(
        default=(0.0,), min_length=1, description="Intraclass correlation of the changes."
    )
    smallest_worthwhile: float | None = Field(
        default=None, gt=0, description="Smallest change worth having, in standard deviations."
    )


class Detectable(Strict):
    """Plans, each with what it could find."""

    shares: dict[Name, Shares] = Field(default_factory=dict, description="Comparisons of shares.")
    pairs: dict[Name, Pairs] = Field(default_factory=dict, description="Changes of one group.")
    power: float = Field(
        default=POWER, gt=0.5, lt=1, description="Probability of finding what is there."
    )


def _shares(key: str, one: Shares, power: float, conf_level: float) -> Iterator[dict[str, Cell]]:
    sign = -1 if one.downwards else 1
    wanted = one.smallest_worthwhile
    needed = None
    if wanted is not None and 0 < one.base + sign * wanted < 1:
        other = one.base + sign * wanted
        needed = ceil(needed_by_normal(one.base, other, power=power, conf_level=conf_level))
    for people in one.people:
        found = detectable_difference(
            one.base,
            (people, people),
            downwards=one.downwards,
            power=power,
            conf_level=conf_level,
        )
        row: dict[str, Cell] = {
            "key": f"{key}.{people}",
            "question": key,
            "planned": people,
            "base": one.base,
        }
        row |= {"state": "beyond_all"} if found is None else {"detectable": found}
        yield row | _judged(None if found is None else abs(found), wanted, needed)


def _pairs(key: str, one: Pairs, power: float, conf_level: float) -> Iterator[dict[str, Cell]]:
    wanted = one.smallest_worthwhile
    for pairs in one.pairs:
        for icc in one.icc:
            effect = 1 + (one.cluster_size - 1) * icc
            spread = sqrt(2 * (1 - one.correlation) * effect)
            needed = None
            if wanted is not None:
                many = multiplier(None, power, conf_level) * spread / wanted
                needed = ceil(many**2 * (1 - 1e-12))
            row: dict[str, Cell] = {
                "key": f"{key}.{pairs}.{icc:g}",
                "question": key,
                "pairs": pairs,
                "correlation": one.correlation,
                "size": one.cluster_size,
                "icc": icc,
                "design_effect": effect,
            }
            # Few clusters leave few degrees of freedom, which a plan must not hide.
            df = pairs / one.cluster_size - 1 if one.cluster_size > 1 else None
            if df is not None and df < 1:
                yield row | {"state": "too_few_clusters"} | _judged(None, wanted, needed)
                continue
            found = multiplier(df, power, conf_level) * spread / sqrt(pairs)
            yield row | {"detectable_sd": found} | _judged(found, wanted, needed)


def _judged(found: float | None, wanted: float | None, needed: int | None) -> dict[str, Cell]:
    if wanted is None:
        return {}
    enough = found is not None and found <= wanted * (1 + 1e-9)
    judged: dict[str, Cell] = {"worthwhile": wanted, "enough": enough}
    return judged if needed is None else judged | {"needed": needed}


def _estimate(spec: Detectable, inquiry: Inquiry) -> Result:
    asked = spec.power, inquiry.conf_level
    shares = [row for key, one in spec.shares.items() for row in _shares(key, one, *asked)]
    pairs = [row for key, one in spec.pairs.items() for row in _pairs(key, one, *asked)]
    tables = []
    for id_, columns, rows in (("shares", _SHARES, shares), ("pairs", _PAIRS, pairs)):
        if rows:
            head = tuple(column_of(LABELS, name, kind) for name, kind in columns)
            tables.append(Table(id_, f"detectable_{id_}", head, tuple(rows)))
    check = _check([*shares, *pairs], tables[0].id if tables else None, spec.power)
    return Result((), checks=(check,), tables=tuple(tables))


def _check(rows: Sequence[Mapping[str, Cell]], table: str | None, power: float) -> Check:
    plans: dict[Cell, list[Mapping[str, Cell]]] = {}
    for row in rows:
        plans.setdefault(row["question"], []).append(row)
    # The first number of people is the plan, under whatever is assumed of clusters.
    judged = [
        all(row["enough"] for row in each if _people(row) == _people(each[0]))
        for each in plans.values()
        if "enough" in each[0]
    ]
    if not judged:
        text = "No smallest difference worth having is declared, so that nothing is judged."
        return Check("plan_detects", "not_run", text, table)
    short = [one for one in judged if not one]
    text = (
        f"{len(short)} of {len(judged)} plans would miss the smallest difference worth having"
        f" more often than in {1 - power:.0%} of cases: an effect study of this size alone cannot"
        " answer."
        if short
        else f"All {len(judged)} plans would find the smallest difference worth having in"
        f" {power:.0%} of cases or more."
    )
    return Check("plan_detects", "failed" if short else "passed", text, table)


def _people(row: Mapping[str, Cell]) -> Cell:
    return row["planned"] if "planned" in row else row["pairs"]


def _titles(spec: Detectable) -> Mapping[str, Text]:
    words = cast("Mapping[str, Text]", WORDS)
    shares = {key: one.title for key, one in spec.shares.items()}
    return {**words, **shares, **{key: one.title for key, one in spec.pairs.items()}}


def _example(_: np.random.Generator) -> Example[Detectable]:
    completed = Shares(title="Completed", base=0.4, people=(20, 80, 320), smallest_worthwhile=0.1)
    competence = Pairs(
        title="Competence",
        pairs=(300, 200),
        correlation=0.5,
        cluster_size=10,
        icc=(0.0, 0.05),
        smallest_worthwhile=0.2,
    )
    return Example(Detectable(shares={"completed": completed}, pairs={"competence": competence}))


METHOD = Method(
    name="detectable",
    title="What a plan can find",
    spec=Detectable,
    rung=0,
    estimate=_estimate,
    example=_example,
    titles=_titles,
)
