"""Who leaves, when and where to: hazards by period and cumulative incidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.linear import Float
from evaluate.inference.t import t_quantile

Integer = NDArray[np.int64]
STILL = "still_in"


@dataclass(frozen=True, slots=True)
class Pathways:
    """What became of people, period by period.

    Attributes
    ----------
    outcomes : tuple of str, length k
        Ways out that exclude each other.
    at_risk : ndarray, shape (t,)
        People who were still in, and seen, when the period began.
    events : ndarray, shape (t, k)
        How many left in each way.
    censored : ndarray, shape (t,)
        How many were not seen any longer after the period.
    survival : ndarray, shape (t,)
        Share that is still in after the period.
    incidence : ndarray, shape (t, k)
        Share that has left in each way by then.
    variance : ndarray, shape (t, k + 1)
        Of survival and of each incidence.
    """

    outcomes: tuple[str, ...]
    at_risk: Integer
    events: Integer
    censored: Integer
    survival: Float
    incidence: Float
    variance: Float

    @property
    def hazard(self) -> Float:
        """Return the share of those at risk that left in each way, shape (t, k)."""
        risk = np.maximum(self.at_risk, 1)[:, None]
        found: Float = self.events / risk
        return found


def follow(
    last: Integer,
    outcome: Sequence[str | None],
    outcomes: Sequence[str],
    *,
    first: Integer | None = None,
    periods: int | None = None,
) -> Pathways:
    """Return hazards and cumulative incidence by period since entry.

    Parameters
    ----------
    last : ndarray, shape (n,)
        Of who left: the period in which it was, from 1. Of others: the last period that they were
        seen in to its end, from 0.
    outcome : sequence of str or None, length n
        How they left; ``None`` for those who were still in when last seen.
    outcomes : sequence of str
        All ways out.
    first : ndarray, shape (n,), or None
        First period in which somebody is seen; 1 where nothing is said. Who came under observation
        later is at risk only from then on.
    periods : int or None
        How many to follow; as many as somebody is at risk in, where nothing is said.

    Raises
    ------
    Refused
        ``nobody_at_risk`` when a period before the last has none; ``left_before_seen`` when
        somebody leaves before the first period in which they are seen; ``unknown_outcome``.

    References
    ----------
    Aalen & Johansen (1978), Scandinavian J. Statistics 5(3); R ``survival::survfit(Surv(last,
    factor(outcome)) ~ 1)``. The variance is Greenwood's, for several ways out: without censoring
    it is F (1 - F) / n.
    """
    began = np.ones(len(last), np.int64) if first is None else first
    codes = np.array([-1 if one is None else _place(one, outcomes) for one in outcome], np.int64)
    left = codes >= 0
    if (left & (last < began)).any():
        raise Refused(
            "left_before_seen",
            "somebody leaves before the first period in which they are seen",
            "correct the column of the first period, or leave such rows out and say so",
        )
    seen = last >= began  # others give no period to count
    longest = int(last[seen].max(initial=0))
    count = longest if periods is None else min(periods, longest)
    steps = np.arange(1, count + 1)
    at_risk = ((began[:, None] <= steps) & (last[:, None] >= steps) & seen[:, None]).sum(axis=0)
    if not count or not at_risk.all():
        raise Refused(
            "nobody_at_risk",
            "in one of the periods nobody is followed",
            "follow fewer periods, or use longer ones",
        )
    here = last[:, None] == steps
    events = np.stack([(here & (codes == k)[:, None]).sum(axis=0) for k in range(len(outcomes))])
    censored = (here & (~left & seen)[:, None]).sum(axis=0)
    return _accumulated(tuple(outcomes), at_risk, events.T, censored)


def _place(one: str, outcomes: Sequence[str]) -> int:
    if one not in outcomes:
        raise Refused(
            "unknown_outcome",
            "somebody left in a way that is not listed",
            "list every way out under `outcomes`, and say what stands for still being in",
        )
    return list(outcomes).index(one)


def _accumulated(
    outcomes: tuple[str, ...], at_risk: Integer, events: Integer, censored: Integer
) -> Pathways:
    """Return the products of the periods' transitions, with the delta method's covariance."""
    k = len(outcomes)
    state, cov = np.zeros(k + 1), np.zeros((k + 1, k + 1))
    state[0] = 1.0
    found, variances = [], []
    for n, left in zip(at_risk, events, strict=True):
        q = np.array([n - left.sum(), *left]) / n
        step = np.eye(k + 1)
        step[0] = q
        here = (np.diag(q) - np.outer(q, q)) / n
        cov = step.T @ cov @ step + state[0] ** 2 * here
        state = state @ step
        found.append(state)
        variances.append(np.diag(cov))
    states = np.array(found)
    return Pathways(
        outcomes,
        at_risk.astype(np.int64),
        events.astype(np.int64),
        censored.astype(np.int64),
        states[:, 0],
        states[:, 1:],
        np.maximum(np.array(variances), 0.0),
    )


def log_log(share: float, variance: float, conf_level: float) -> tuple[float, float] | None:
    """Return the interval of a share on the scale log(-log(share)).

    Parameters
    ----------
    share, variance : float
        Of a cumulative incidence.
    conf_level : float
        Coverage probability, in (0, 1).

    Returns
    -------
    tuple of two float or None
        ``None`` where the share is 0 or 1, of which nothing varies.

    References
    ----------
    Choudhury (2002), Statistics in Medicine 21(8); R ``survfit(..., conf.type = "log-log")``.
    """
    if not (0 < share < 1 and variance > 0):
        return None
    half = t_quantile((1 + conf_level) / 2, None) * sqrt(variance) / (share * abs(log(share)))
    return share ** exp(half), share ** exp(-half)
