"""Randomisation inference of the effect of taking part.

Is that effect b for everybody, then the outcome less b times what was received is what it would
have been under any offer. The effect of the offer on it is tested, for each b: Anderson and
Rubin's test, by randomisation. At b = 0 it is the test of the offer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict

import numpy as np

from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.assignment import Assignment, Columns, numbered
from evaluate.inference.permutation import MOST_REFITTED
from evaluate.inference.randomisation import Randomisation, randomisation_test
from evaluate.inference.sequences import permute_sequences
from evaluate.inference.units import cluster_units, row_units


class Chance(TypedDict):
    """Entropy of the random stream, number of assignments, and coverage of the interval."""

    seed: Sequence[int]
    draws: int
    conf_level: float


def receipt_test(
    sample: Sample,
    columns: Columns,
    assignment: Assignment,
    moved: tuple[str, Sequence[str]],
    chance: Chance,
) -> Randomisation | Refused:
    """Return the randomisation test of the effect of what was received, or why there is none.

    The model is that of ``late``: covariates and strata are additive, pairs have an intercept
    each, and over periods sequences of treatment are exchanged. ``statistic`` and ``draws``
    are those of no effect, and so of the offer.

    Parameters
    ----------
    sample : Sample
        The rows; held where individuals were assigned.
    columns : Columns
        How units were assigned; without weights.
    assignment : Assignment
        Moments by cell, read with what was received among ``further``; of one programme.
    moved : tuple of str and sequence of str
        Column of what was received, which the offer moved, and columns to adjust for.
    chance : Chance
        How assignments are drawn.

    References
    ----------
    Imbens & Rosenbaum (2005), J. Royal Statistical Society A 168(1), for the test and for sets
    without end.
    """
    received, covariates = moved
    names = (*(one for one in covariates if one not in assignment.constant), received)
    outcome = sample.outcome
    try:
        if assignment.cluster is None:
            return _of_rows(sample, columns, assignment, (*names, outcome), chance)
        cells = assignment.cells.only((*names, outcome))
        if assignment.period is not None:
            return permute_sequences(assignment, cells, received=True, **chance)
        paired = assignment.paired
        units = cluster_units(assignment, cells, interacted=False, pooled=paired, received=True)
        return randomisation_test(units, **chance)
    except Refused as refused:
        return refused


def _of_rows(
    sample: Sample,
    columns: Columns,
    assignment: Assignment,
    names: tuple[str, ...],
    chance: Chance,
) -> Randomisation:
    if assignment.n_obs > MOST_REFITTED:
        raise Refused(
            "too_many_rows",
            "there are too many individuals to be assigned again and again",
            "read the interval with its degrees of freedom",
        )
    by = (columns.treated, *((columns.strata,) if columns.strata else ()))
    rows = sample.columns((*by, *names))
    treated = rows[columns.treated] == 1
    stratum = numbered(rows[columns.strata]) if columns.strata else np.zeros(len(treated), np.int64)
    held = [rows[name] for name in names]
    units = row_units(held, treated, stratum, interacted=False, received=True)
    return randomisation_test(replace(units, pooled=assignment.paired), **chance)
