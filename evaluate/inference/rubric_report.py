"""Rows of the tables on scored plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from evaluate.core import Cell
from evaluate.errors import Refused
from evaluate.inference.network import Float, Integer
from evaluate.inference.rubric import Scores, met, reader_pairs, share_met

Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Read:
    """Scores in order, and what is enough.

    Attributes
    ----------
    plans, criteria : tuple of str
        What there is.
    organiser : tuple of str or None
        Whose plan it is.
    least, most : ndarray, shape (criteria,)
        The score that is enough, and the highest.
    table : ndarray, shape (plans, criteria, readers)
        Scores; NaN where there is none.
    found : Scores
        Over readers.
    conf_level : float
        Coverage probability of intervals, in (0, 1).
    """

    plans: tuple[str, ...]
    criteria: tuple[str, ...]
    organiser: tuple[str, ...] | None
    least: Float
    most: Float
    table: Float
    found: Scores
    conf_level: float

    @property
    def cluster(self) -> Integer | None:
        """Return the organiser of each plan, 0, 1, ..."""
        if self.organiser is None:
            return None
        return np.unique(self.organiser, return_inverse=True)[1]

    def standards(self) -> Mapping[str, Float]:
        """Return the scores that a standard goes by."""
        found = self.found
        return {"median": found.middle, "every_reader": found.lowest, "some_reader": found.highest}


def _share(read: Read, score: Float, least: Float) -> Row:
    try:
        found = share_met(*met(score, least), read.cluster, read.conf_level)
    except Refused as refused:
        return {"state": refused.code}
    row: Row = {"plans": found.n, "plans_met": found.met, "plans_unknown": found.unknown}
    row |= {"share": found.share, "conf_low": found.conf_low, "conf_high": found.conf_high}
    row |= {"at_least": found.low, "at_most": found.high}
    return row | {"design_effect": found.design_effect if read.organiser else None}


def overall(read: Read) -> Iterator[Row]:
    """Yield how many plans are up to the least on every criterion.

    Parameters
    ----------
    read : Read
        Scores in order.
    """
    for name, score in read.standards().items():
        row: Row = {"standard": name}
        row |= _share(read, score, read.least)
        yield row | {"organisers": len(set(read.organiser)) if read.organiser else None}


def criteria(read: Read) -> Iterator[Row]:
    """Yield criteria, the weakest first.

    Parameters
    ----------
    read : Read
        Scores in order.
    """
    rows = []
    for c, name in enumerate(read.criteria):
        score = read.found.middle[:, c]
        row: Row = {"criterion": name, "least": int(read.least[c])}
        row |= _share(read, read.found.middle[:, [c]], read.least[[c]])
        if "state" not in row:
            row |= {"mean": float(score[~np.isnan(score)].mean())}
        rows.append(row)
    yield from sorted(rows, key=lambda row: (float(row.get("share", 2.0) or 0), row["criterion"]))


def plans(read: Read) -> Iterator[Row]:
    """Yield what each plan scored.

    Parameters
    ----------
    read : Read
        Scores in order.
    """
    enough = {name: met(score, read.least) for name, score in read.standards().items()}
    for i, plan in enumerate(read.plans):
        score = read.found.middle[i]
        there = ~np.isnan(score)
        row: Row = {"plan": plan, "organiser": read.organiser[i] if read.organiser else None}
        row |= {"readers": int((~np.isnan(read.table[i])).any(axis=0).sum())}
        row |= {"possible": int(read.most.sum()), "unscored": int((~there).sum())}
        row |= {"short": int((score[there] < read.least[there]).sum())}
        row |= {"total": float(score.sum())} if there.all() else {"state": "not_scored"}
        for column, name in zip(
            ("meets", "meets_every", "meets_some"), read.standards(), strict=True
        ):
            yes, known = enough[name]
            row |= {column: bool(yes[i]) if known[i] else None}
        yield row


def scores(read: Read) -> Iterator[Row]:
    """Yield the score of each plan on each criterion, over readers.

    Parameters
    ----------
    read : Read
        Scores in order.
    """
    found = read.found
    for i, c in np.argwhere(found.readers > 0):
        plan, criterion = read.plans[i], read.criteria[c]
        row: Row = {"key": f"{plan}|{criterion}", "plan": plan, "criterion": criterion}
        row |= {"middle": float(found.middle[i, c]), "lowest": float(found.lowest[i, c])}
        yield row | {"highest": float(found.highest[i, c]), "readers": int(found.readers[i, c])}


def readers(read: Read) -> Iterator[Row]:
    """Yield how far readers agree, on all criteria and on each.

    Parameters
    ----------
    read : Read
        Scores in order.
    """
    for c, name in enumerate(("all", *read.criteria)):
        pairs = reader_pairs(read.table if c == 0 else read.table[:, c - 1])
        row: Row = {"criterion": name}
        if pairs is None:
            yield row | {"state": "one_reader"}
        else:
            yield row | {"pairs": pairs.pairs, "same": pairs.same, "near": pairs.near}
