"""Bounds of an effect on those whose outcome would be known in either arm.

The programme may decide whose outcome is seen: then those seen in the two arms are not alike, even
where chance dealt the arms. Suppose that it moves that one way only: it may make outcomes seen
that were lost, or lost that were seen, but not both (monotonicity; nothing in the data shows that
it holds). Then the arm with fewer outcomes holds only people who would be seen in either, and the
other holds the same people and others. Whoever these others are, the mean of the rest lies between
the two means without the highest, and without the lowest, part of that arm's outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.bounded import Bounded, Lost, between, require_observed, std_error
from evaluate.inference.comparison import Bools, Ints
from evaluate.inference.linear import Float
from evaluate.inference.t import t_quantile

_SAME = 1e-12  # shares observed that differ by less are one
_UNLIKELY = 0.05  # how seldom chance alone may refuse the assumption


@dataclass(frozen=True, slots=True)
class _Side:
    """A bound of the mean of the arm with more outcomes, and what each unit adds to it."""

    value: float
    added: Float


def lee_bounds(lost: Lost, *, cells: Ints | None = None, conf_level: float = 0.95) -> Bounded:
    """Return bounds of the effect on those whose outcome is known in either arm.

    The arm with the larger share of outcomes is trimmed; where several units stand at the edge
    with one value, each stays with the same part, so that the order of rows does not matter.

    Parameters
    ----------
    lost : Lost
        Two arms between which chance decided; others only where they are alike but for that.
    cells : ndarray of int, shape (n,), optional
        Codes of cells of covariates from before the programme: trimming within them gives bounds
        that are no wider but for chance. A cell in which the arms differ the other way, by no
        more than chance may bring about, is not trimmed.
    conf_level : float
        Of the interval, which is Imbens and Manski's (2004).

    Returns
    -------
    Bounded
        ``share`` is the part of the outcomes of the arm with more of them that was trimmed.
        Standard errors count that the trimmed part is itself estimated.

    Raises
    ------
    Refused
        ``no_comparison``, ``all_missing``, ``too_few_observed``; of cells ``empty_cell``, and
        ``monotonicity`` where they differ both ways.

    References
    ----------
    Lee, D. S. (2009). Training, wages, and sample selection: estimating sharp bounds on treatment
    effects. Review of Economic Studies 76(3), propositions 1a to 3; Stata ``leebounds`` gives the
    same bounds where no values are tied at the edge.
    """
    require_observed(lost)
    more = _arm_with_more(lost)
    inside = np.zeros(len(lost.y), np.int64) if cells is None else cells
    codes = np.unique(inside)
    if len(codes) > 1:
        _require_one_way(lost, more, inside)
    fewer = ~more & lost.observed
    total = float(lost.w[fewer].sum())
    sides = [0.0, 0.0]
    added = np.zeros((2, len(lost.y)))
    for code in codes:
        cell = inside == code
        share = float(lost.w[fewer & cell].sum()) / total
        if share == 0:
            continue  # nobody in it is known to be seen in either arm
        for i, one in enumerate(_effects(lost, more, cell)):
            sides[i] += share * one.value
            added[i] += share * one.added
            # The cell's share is itself a mean over the arm with fewer outcomes.
            added[i][fewer & cell] += lost.w[fewer & cell] * one.value / total
    added[:, fewer] -= np.outer(sides, lost.w[fewer]) / total
    errors = (std_error(added[0], lost), std_error(added[1], lost))
    low, high = between((sides[0], sides[1]), errors, conf_level, lost.df)
    return Bounded(
        low=sides[0],
        high=sides[1],
        std_low=errors[0],
        std_high=errors[1],
        conf_low=low,
        conf_high=high,
        share=_trimmed(lost, more),
        df=lost.df,
    )


def _seen(lost: Lost, arm: Bools) -> float:
    """Return the weighted share of an arm whose outcome is known."""
    return float(lost.w[arm & lost.observed].sum() / lost.w[arm].sum())


def _arm_with_more(lost: Lost) -> Bools:
    treated = _seen(lost, lost.treated) >= _seen(lost, ~lost.treated)
    return lost.treated if treated else ~lost.treated


def _trimmed(lost: Lost, more: Bools) -> float:
    return max(0.0, 1 - _seen(lost, ~more) / _seen(lost, more))


def _require_one_way(lost: Lost, more: Bools, cells: Ints) -> None:
    """Refuse cells that differ the other way by more than chance.

    Raises
    ------
    Refused
        ``empty_cell`` or ``monotonicity``.
    """
    codes = np.unique(cells)
    for code in codes:
        cell = cells == code
        if (cell & ~more & lost.observed).any() and not (cell & more & lost.observed).any():
            raise Refused(
                "empty_cell",
                "in one of the cells outcomes are known in one group only",
                "make the cells coarser",
            )
        if not ((cell & more).any() and (cell & ~more).any()):
            continue
        gap = _seen(lost, cell & more) - _seen(lost, cell & ~more)
        added = np.zeros(len(lost.y))
        for arm, sign in ((cell & more, 1), (cell & ~more, -1)):
            own = lost.w * (lost.observed - _seen(lost, arm)) / lost.w[arm].sum()
            added[arm] = sign * own[arm]
        error = std_error(added, lost)
        worst = t_quantile(1 - _UNLIKELY / len(codes), lost.df) * error
        if gap < -worst or (error == 0 and gap < -_SAME):
            raise Refused(
                "monotonicity",
                "in some cells the programme goes with more outcomes known and in others with"
                " fewer, beyond chance, so that it did not move that one way only",
                "read the worst-case bounds, which need no such assumption",
            )


def _effects(lost: Lost, more: Bools, cell: Bools) -> tuple[_Side, _Side]:
    """Return both bounds of the effect within a cell."""
    low, high = _low(lost, more, cell), _high(lost, more, cell)
    fewer = cell & ~more & lost.observed
    w = lost.w[fewer]
    mean = float(w @ lost.y[fewer] / w.sum())
    added = np.zeros(len(lost.y))
    added[fewer] = w * (lost.y[fewer] - mean) / w.sum()
    ends = (_Side(one.value - mean, one.added - added) for one in (low, high))
    first, second = ends
    if bool(lost.treated[more].all()):
        return first, second
    return _Side(-second.value, -second.added), _Side(-first.value, -first.added)


def _low(lost: Lost, more: Bools, cell: Bools) -> _Side:
    one = _high(replace(lost, y=-lost.y), more, cell)
    return _Side(-one.value, -one.added)


def _high(lost: Lost, more: Bools, cell: Bools) -> _Side:
    """Return the mean of the highest outcomes of the arm with more of them.

    With c the value at the edge, p the share of the other arm that is seen and g the mean of
    (y - c) above the edge over all of this arm, it is c + g / p. Its derivative by c is 0, so
    that nothing is added for the edge being estimated; the formula holds with ties.
    """
    arm, other = cell & more, cell & ~more
    seen, p = arm & lost.observed, _seen(lost, other)
    w, y = lost.w[seen], lost.y[seen]
    added = np.zeros(len(lost.y))
    if _seen(lost, arm) <= p + _SAME:
        mean = float(w @ y / w.sum())
        added[seen] = w * (y - mean) / w.sum()
        return _Side(mean, added)
    total = float(lost.w[arm].sum())
    order = np.argsort(-y, kind="stable")
    reached = np.cumsum(w[order])
    edge = y[order][min(int(np.searchsorted(reached, p * total * (1 - _SAME))), len(y) - 1)]
    above = np.maximum(y - edge, 0.0)
    g = float(w @ above) / total
    added[arm] = -lost.w[arm] * g / (p * total)
    added[seen] += w * above / (p * total)
    rest = float(lost.w[other].sum())
    added[other] = -g / p**2 * lost.w[other] * (lost.observed[other] - p) / rest
    return _Side(float(edge) + g / p, added)
