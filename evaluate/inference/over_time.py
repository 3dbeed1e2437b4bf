"""What an estimator over time says: one overall effect, and one for each event time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.data.paths import ClusterPaths, Paths
from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast

Bool = NDArray[np.bool_]
Left = tuple[int, int, str]

# Share of the effects' own size below which a standard error is rounding.
_NOTHING_LEFT = 1e-12


@dataclass(frozen=True, slots=True)
class OverTime:
    """Effects over time by one estimator.

    Attributes
    ----------
    effect, std_error : float
        Overall effect on the treated, in the outcome's unit.
    df : float or None
        Degrees of freedom of the reference t distribution; ``None`` for the normal.
    terms : tuple of int
        Event times in order: periods since the first treated one.
    by_event : ndarray, shape (k,)
        Effect at each event time.
    covariance : ndarray, shape (k, k)
        Of those effects, clusters kept.
    n_treated : ndarray, shape (k,)
        Rows of treated cohorts that each of them rests on.
    method, std_error_method : str
        Estimator, and how its uncertainty was found.
    n_obs, n_clusters : int
        Rows used, and clusters that they come from.
    reference : tuple of int
        Event times that are zero by definition.
    dropped : tuple of (int, int, str)
        Cohort, period and reason of what cannot be estimated, places in ``Starts.periods``;
        period -1 for a whole cohort.
    n_dropped : int
        Treated rows without an effect, those of such cells among them.
    """

    effect: float
    std_error: float
    df: float | None
    terms: tuple[int, ...]
    by_event: Float
    covariance: Float
    n_treated: Float
    method: str
    std_error_method: str
    n_obs: int
    n_clusters: int
    reference: tuple[int, ...] = ()
    dropped: tuple[Left, ...] = ()
    n_dropped: int = 0

    @property
    def std_errors(self) -> Float:
        """Return the standard error at each event time, shape (k,)."""
        return np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True, slots=True)
class Clock:
    """Where each cohort stands in each period.

    Attributes
    ----------
    event : ndarray, shape (R, T)
        Periods since the first treated one; means nothing where a row never begins.
    begins : ndarray of bool, shape (R, 1)
        Whether a row begins within the periods.
    untreated, treated : ndarray of bool, shape (R, T)
        Before an effect may show; from the first treated period on. In the periods of
        anticipation neither.
    """

    event: Integer
    begins: Bool
    untreated: Bool
    treated: Bool


def clock(cohort: Integer, n_periods: int, contrast: Contrast) -> Clock:
    """Return where each row's cohort stands in each period.

    Parameters
    ----------
    cohort : ndarray, shape (R,)
        Place of the first treated period; ``n_periods`` for never.
    n_periods : int
        Periods T.
    contrast : Contrast
        Its anticipation is used.
    """
    event = np.arange(n_periods) - cohort[:, None]
    begins = cohort[:, None] < n_periods
    untreated = ~begins | (event < -contrast.anticipation)
    return Clock(event, begins, untreated, begins & (event >= 0))


def summed_clusters(held: ClusterPaths) -> tuple[Float, Float]:
    """Return rows, and mean, by cohort and period, each shape (H, T), from one path a cluster.

    Parameters
    ----------
    held : ClusterPaths
        One path for each cluster.
    """
    place = held.cohort == held.starts.cohorts[:, None]
    n = place @ held.n
    total = place @ (held.n * held.mean)
    return n, np.divide(total, n, out=np.zeros_like(n), where=n > 0)


def size_of(paths: Paths) -> float:
    """Return how far apart means by cohort and period lie, in the outcome's unit.

    Parameters
    ----------
    paths : Paths
        Sums by cohort.
    """
    return float(np.ptp(paths.mean[paths.n > 0]))


def require_spread(covariance: Float, size: float) -> None:
    """Refuse effects without any variation between clusters.

    Parameters
    ----------
    covariance : ndarray, shape (k, k)
        Of effects.
    size : float
        How large outcomes are: what rounding is measured against.

    Raises
    ------
    Refused
        ``no_variation``.
    """
    if float(np.diag(covariance).max(initial=0.0)) <= (_NOTHING_LEFT * size) ** 2:
        raise Refused(
            "no_variation",
            "the outcome does not vary between the clusters of any cohort: nothing shows how "
            "uncertain the effect is",
            "check the outcome's column, and whether the data are means of one cluster each",
        )
