"""What was asked for and cannot be computed: each line with the data that are missing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydantic import Field

from evaluate.core import Check, Name, Strict, Table, Text
from evaluate.method import Example, Inquiry, Method, Result, column_of
from evaluate.wording.labels_not_computed import LABELS


class Line(Strict):
    """One thing that was asked for and that no data at hand can give."""

    what: Text = Field(description="What was asked for.")
    needs: Text = Field(description="Which data would be needed, and who has them.")
    why: Text = Field(description="What would go wrong if it were computed without them.")


class NotComputed(Strict):
    """Lines of a plan that stay open, by key."""

    lines: dict[Name, Line] = Field(min_length=1, description="What is not computed, by key.")


def _estimate(spec: NotComputed, _: Inquiry) -> Result:
    columns = tuple(column_of(LABELS, name, "text") for name in ("key", "what", "needs", "why"))
    rows = tuple(
        {"key": key, **{part: f"{key}.{part}" for part in ("what", "needs", "why")}}
        for key in spec.lines
    )
    table = Table("lines", "not_computed_lines", columns, rows)
    text = f"{len(rows)} of the things asked for cannot be computed from the data at hand."
    return Result((), checks=(Check("all_computed", "not_run", text, "lines"),), tables=(table,))


def _titles(spec: NotComputed) -> Mapping[str, Text]:
    return {
        f"{key}.{part}": getattr(line, part)
        for key, line in spec.lines.items()
        for part in ("what", "needs", "why")
    }


def _example(_: np.random.Generator) -> Example[NotComputed]:
    line = Line(
        what="Early leaving by region",
        needs="an extract of the labour force survey by NUTS2 region",
        why="countries hide differences between their regions",
    )
    return Example(NotComputed(lines={"regions": line}))


METHOD = Method(
    name="not_computed",
    title="What is not computed",
    spec=NotComputed,
    rung=0,
    estimate=_estimate,
    example=_example,
    titles=_titles,
)
