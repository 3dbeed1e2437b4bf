"""What those who were measured only once could do to a change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.inference.linear import Float


@dataclass(frozen=True, slots=True)
class Losses:
    """Who was measured when, and what those measured once could change.

    Attributes
    ----------
    n, n_both, n_before, n_after, n_neither : int
        Units; with both values, with the first alone, with the second alone, with none.
    lost : float
        Share of those measured before who were not measured after; 0 where nobody was before.
    low, high : float or None
        Mean change of all who were measured at least once, were every missing value at the end of
        the scale that is worst, or best, for a rise; ``None`` where the scale has no ends.
    tipping : float or None
        Mean change among those measured once at which the mean of all is nought; ``None`` where
        nobody was measured once, or nobody twice.
    before_kept, before_lost : float or None
        Mean before of those measured again, and of those who were not.
    sd_before : float or None
        Of all who were measured before.
    """

    n: int
    n_both: int
    n_before: int
    n_after: int
    n_neither: int
    lost: float
    low: float | None
    high: float | None
    tipping: float | None
    before_kept: float | None
    before_lost: float | None
    sd_before: float | None


def losses(before: Float, after: Float, ends: tuple[float, float] | None = None) -> Losses:
    """Return who was measured when, and bounds of the mean change.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        Of the same units; NaN where not measured.
    ends : tuple of two float or None
        Lowest and highest possible value of the scale.

    References
    ----------
    Horowitz & Manski (2000), JASA 95(449), for the bounds; Yan, Lee & Li (2009), Pharmaceutical
    Statistics 8(4), for the tipping point.
    """
    first, second = ~np.isnan(before), ~np.isnan(after)
    both, early, late = first & second, first & ~second, second & ~first
    change = float(np.sort(after[both] - before[both]).sum())
    once, n_both = int((early | late).sum()), int(both.sum())
    low = high = None
    if ends is not None and once + n_both:
        low, high = (
            (
                change
                + float(np.sort(worst - before[early]).sum())
                + float(np.sort(after[late] - other).sum())
            )
            / (once + n_both)
            for worst, other in (ends, ends[::-1])
        )
    values = np.sort(before[first])
    return Losses(
        n=len(before),
        n_both=n_both,
        n_before=int(early.sum()),
        n_after=int(late.sum()),
        n_neither=int((~first & ~second).sum()),
        lost=float(early.sum() / first.sum()) if first.any() else 0.0,
        low=low,
        high=high,
        tipping=-change / once if once and n_both else None,
        before_kept=_mean(before[both]),
        before_lost=_mean(before[early]),
        sd_before=float(values.std(ddof=1)) if len(values) > 1 else None,
    )


def _mean(values: Float) -> float | None:
    return float(np.sort(values).mean()) if len(values) else None
