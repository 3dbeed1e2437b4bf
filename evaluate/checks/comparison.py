"""Whether a comparison that was built is alike, overlaps and rests on enough units."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from evaluate.checks.comparison_balance import compared_balance
from evaluate.checks.comparison_dropped import Dropped, dropped
from evaluate.checks.comparison_overlap import overlap
from evaluate.checks.comparison_samples import samples
from evaluate.core import Check, Summary, Table
from evaluate.errors import Refused
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.comparison_balance import likeness
from evaluate.inference.comparison_overlap import side


@dataclass(frozen=True, slots=True)
class Asked:
    """What a comparison was built for.

    Attributes
    ----------
    estimand : {"ATT", "ATE", "ATO"}
        Whose effect it is.
    first : mapping of str to str
        For each text column among the covariates the level that has no indicator.
    modelled : collection of str
        Covariates, or their columns, that the headline's model of the outcome holds too.
    """

    estimand: Summary
    first: Mapping[str, str] = field(default_factory=dict)
    modelled: Collection[str] = ()


def diagnose(
    groups: Groups, found: Compared, asked: Asked
) -> tuple[tuple[Check, ...], tuple[Table, ...]]:
    """Return the checks of a built comparison, and their tables.

    Parameters
    ----------
    groups : Groups
        All units, those left out too.
    found : Compared
        Its weights are 0 for who was left out; without scores there is no table of overlap.
    asked : Asked
        What the comparison was built for.

    Returns
    -------
    checks : tuple of Check
        ``balance``, ``overlap`` and ``effective_size``.
    tables : tuple of Table
        Of kinds ``comparison_balance``, ``comparison_overlap``, ``comparison_samples`` and,
        where somebody whom the effect is about was left out, ``comparison_dropped``.

    Raises
    ------
    Refused
        ``no_overlap`` if nobody of one group has a weight.
    """
    if not all((found.weights[groups.treated == one] != 0).any() for one in (True, False)):
        raise Refused(
            "no_overlap",
            "nobody of one group is left in the comparison",
            "compare within coarser cells, or with a wider caliper",
        )
    alike = likeness(groups, found.weights, pooled=asked.estimand != "ATT", first=asked.first)
    sides = tuple(side(groups, found.weights, found.score, treated=one) for one in (True, False))
    left = _left(groups, found, asked)
    balanced, balance_table = compared_balance(
        alike, asked.modelled, pooled=asked.estimand != "ATT"
    )
    overlaps, overlap_table = overlap(groups, found, asked.estimand, sides)
    sized, sample_table = samples(sides, left, asked.estimand)
    tables = (balance_table, overlap_table, sample_table, left.table if left else None)
    return (balanced, overlaps, sized), tuple(one for one in tables if one is not None)


def _left(groups: Groups, found: Compared, asked: Asked) -> Dropped | None:
    """Return who was left out of those whom the effect is about."""
    about = groups.treated if asked.estimand == "ATT" else np.ones(len(groups.y), dtype=bool)
    gone = about & (found.weights == 0)
    if not gone.any():
        return None
    return dropped(groups, about & ~gone, gone, first=asked.first)
