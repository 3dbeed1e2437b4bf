"""How answers on an ordered scale are spread, with what is missing shown apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.linear import Float
from evaluate.inference.paired_change import Labels, mean_of
from evaluate.inference.t import t_quantile
from evaluate.inference.wilson import wilson

NO_ENTRY = "no_entry"


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval.

    Attributes
    ----------
    n, of : int
        How many of how many.
    value, conf_low, conf_high : float
        In [0, 1]; Wilson's interval.
    """

    n: int
    of: int
    value: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the scale.

    Attributes
    ----------
    key : str
        Its name.
    share : Share or None
        Of those measured; ``None`` where nobody was.
    at_least : Share or None
        This level or a better one.
    low, high : float
        Share at this level or a better one of all, were all missing answers worse, or better.
    """

    key: str
    share: Share | None
    at_least: Share | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The answers to one question.

    Attributes
    ----------
    n, n_measured : int
        All, and those with a level.
    levels : tuple of Level
        From the worst to the best.
    missing : mapping of str to int
        Those without, by reason; ``no_entry`` where the cell is empty and nobody knows why.
    """

    n: int
    n_measured: int
    levels: tuple[Level, ...]
    missing: dict[str, int]


def share_of(hits: Float, cluster: Labels | None = None, conf_level: float = 0.95) -> Share:
    """Return the share of ones with Wilson's interval.

    With clusters the interval is as wide as that of a sample with as many independent people as
    the clusters are worth: the variance is CR2's, the quantile that of t. Where the data do not tell
    how alike clusters are, such as when all answer alike, each cluster counts as one.

    Parameters
    ----------
    hits : ndarray, shape (n,)
        Zeros and ones, n above 0.
    cluster : ndarray, shape (n,), or None
        What each belongs to.
    conf_level : float
        Coverage probability, in (0, 1).

    References
    ----------
    Wilson (1927), JASA 22(158); R ``prop.test(x, n, correct = FALSE)``. Clusters: Korn &
    Graubard (1998), Survey Methodology 24(2); R ``survey::svyciprop`` takes the same size.
    """
    n, hit = len(hits), round(float(hits.sum()))
    effect = 1.0 if cluster is None else _design_effect(hits, cluster, conf_level)
    low, high = wilson(hit, n, conf_level, effect)
    return Share(hit, n, hit / n, low, high)


def _design_effect(hits: Float, cluster: Labels, conf_level: float) -> float:
    share, n = float(hits.mean()), len(hits)
    sizes = np.unique(cluster.astype(str), return_counts=True)[1].astype(np.float64)
    as_one = float(sizes @ sizes / sizes.sum())
    if not 0 < share < 1:
        return as_one
    try:
        found = mean_of(hits, cluster, conf_level)
    except Refused:
        return as_one
    upper = (1 + conf_level) / 2
    wider = (t_quantile(upper, found.df) / t_quantile(upper, None)) ** 2
    return max(1.0, found.std_error**2 / (share * (1 - share) / n)) * wider


def level_shares(
    answers: Labels,
    levels: Sequence[str],
    reasons: Sequence[str] = (),
    cluster: Labels | None = None,
    conf_level: float = 0.95,
) -> Spread:
    """Return how the answers to a question are spread over its levels.

    Parameters
    ----------
    answers : ndarray of str or None, shape (n,)
        A level, a reason why there is none, or ``None``.
    levels : sequence of str
        From the worst to the best.
    reasons : sequence of str
        Why an answer may be missing, such as ``"not_measured"``.
    cluster : ndarray, shape (n,), or None
        What each answer belongs to.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``unknown_level`` for an answer that is neither a level nor a reason.
    """
    known = {*levels, *reasons}
    strange = sum(one is not None and one not in known for one in answers)
    if strange:
        raise Refused(
            "unknown_level",
            f"{strange} answers are neither a level nor a reason for having none",
            "list every level in `levels`, and every code of a missing answer in `reasons`",
        )
    rank = {one: at for at, one in enumerate(levels)}
    places = np.array([rank.get(one, -1) for one in answers], dtype=np.int64)
    measured = places >= 0
    within = None if cluster is None else cluster[measured]
    n, n_measured = len(answers), int(measured.sum())
    missing = {one: int(sum(answer == one for answer in answers)) for one in reasons}
    empty = sum(one is None for one in answers)
    if empty:
        missing[NO_ENTRY] = missing.get(NO_ENTRY, 0) + empty
    found = []
    for at, key in enumerate(levels):
        here, above = (places[measured] == at), (places[measured] >= at)
        share, least = (
            share_of(one.astype(np.float64), within, conf_level) if n_measured else None
            for one in (here, above)
        )
        reached = int(above.sum())
        bounds = reached / n, (reached + n - n_measured) / n
        found.append(Level(key, share, least, *bounds))
    return Spread(n, n_measured, tuple(found), missing)
