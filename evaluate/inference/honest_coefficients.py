"""Effects by time from the start, with their covariance, as tests of unequal trends need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float
from evaluate.errors import Refused

# Smallest eigenvalue of the correlations, over the largest, below which they are dependent.
_DEPENDENT = 1e-10


@dataclass(frozen=True, slots=True)
class EventCoefficients:
    """Differences between treated and comparison by event time, all from one reference period.

    Attributes
    ----------
    effect : ndarray, shape (n_pre + n_post,)
        In order of time; the reference, which is 0, is left out.
    covariance : ndarray, shape (n_pre + n_post, n_pre + n_post)
        Of ``effect``; positive definite.
    n_pre : int
        How many of them lie before the reference.
    weights : ndarray, shape (n_post,)
        What the overall effect gives each later one; they need not add up to one.
    n_clusters : int or None
        Assigned clusters that the covariance rests on, the smaller of the numbers of treated
        and of comparison clusters; ``None`` takes the covariance as known.
    """

    effect: Float
    covariance: Float
    n_pre: int
    weights: Float
    n_clusters: int | None = None

    @property
    def n_post(self) -> int:
        """Return the number of periods after the reference."""
        return len(self.effect) - self.n_pre

    @property
    def towards(self) -> Float:
        """Return the weights of all coefficients in the overall effect."""
        return np.concatenate([np.zeros(self.n_pre), self.weights])

    @property
    def overall(self) -> float:
        """Return the overall effect."""
        return float(self.weights @ self.effect[self.n_pre :])

    @property
    def std_error(self) -> float:
        """Return the standard error of the overall effect."""
        return float(np.sqrt(self.towards @ self.covariance @ self.towards))

    @property
    def reach(self) -> float:
        """Return what a straight trend of one per period adds to the overall effect."""
        return float(self.weights @ np.arange(1, self.n_post + 1))


def event_coefficients(
    event_time: Sequence[int],
    effect: Float,
    covariance: Float,
    weights: Mapping[int, float],
    *,
    reference: int = -1,
    n_clusters: int | None = None,
) -> EventCoefficients:
    """Return the coefficients in order of time, or refuse what cannot be used.

    Event times before a gap are left out: what happened on the other side of it is unknown.
    The reference may be given, and is left out.

    Parameters
    ----------
    event_time : sequence of int, length m
        Periods since the start, in any order.
    effect : ndarray, shape (m,)
        Differences from the reference.
    covariance : ndarray, shape (m, m)
        Of ``effect``.
    weights : mapping of int to float
        What the overall effect gives each event time after the reference; absent is 0.
    reference : int
        Event time that all effects are differences from.
    n_clusters : int or None
        As in ``EventCoefficients``.

    Raises
    ------
    Refused
        ``no_period_after`` when nothing follows the reference, or nothing that has a weight;
        ``gap_in_event_time`` when a period is missing after it; ``singular_covariance`` when
        the coefficients are not independent, or a variance is not positive.
    """
    place = {int(time): at for at, time in enumerate(event_time) if time != reference}
    post = sorted(time for time in place if time > reference)
    share = np.array([float(weights.get(time, 0.0)) for time in post])
    if not post or not share.any():
        raise Refused(
            "no_period_after",
            "no event time after the reference period has an effect",
            "use data that reach past the start",
        )
    if post != list(range(reference + 1, reference + 1 + len(post))):
        raise Refused(
            "gap_in_event_time",
            "an event time after the start has no effect, so that trends cannot be followed over it",
            "leave out the cohorts that miss the period, or end before it",
        )
    pre: list[int] = []
    while reference - len(pre) - 1 in place:
        pre.insert(0, reference - len(pre) - 1)
    kept = [place[time] for time in (*pre, *post)]
    found = np.asarray(covariance, dtype=np.float64)[np.ix_(kept, kept)]
    require_definite(found)
    values = np.asarray(effect, dtype=np.float64)[kept]
    return EventCoefficients(values, found, len(pre), share, n_clusters)


def require_definite(covariance: Float) -> None:
    """Refuse a covariance that is not positive definite.

    Parameters
    ----------
    covariance : ndarray, shape (m, m)
        Of coefficients.

    Raises
    ------
    Refused
        ``singular_covariance``.
    """
    variances = np.diag(covariance)
    good = bool(np.isfinite(covariance).all() and (variances > 0).all())
    if good:
        size = np.sqrt(variances)
        values = np.linalg.eigvalsh(covariance / np.outer(size, size))
        good = bool(values[0] > _DEPENDENT * values[-1])
    if not good:
        raise Refused(
            "singular_covariance",
            "effects by event time are not independent of each other, or rest on too few clusters",
            "use fewer event times, or more assigned clusters",
        )
