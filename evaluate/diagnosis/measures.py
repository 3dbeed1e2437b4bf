"""What many simulated studies say of one design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell
from evaluate.diagnosis.draws import Drawn
from evaluate.inference.power import POWER
from evaluate.inference.t import t_quantile

CONF_LEVEL = 0.95  # of the intervals for chance in the simulation itself
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Measures:
    """How a design does under the assumed effect and under none.

    Attributes
    ----------
    draws : int
        Simulated studies, of each kind.
    effect : float
        The true effect, in the outcome's unit.
    power, false_positive : float or None
        Share of all studies that show an effect that is there; and of those with a result
        that show one that is not.
    coverage : float or None
        Share of intervals that hold the true effect, of the studies with a result.
    bias : float or None
        Mean estimate less the true effect.
    mean_std_error, true_std_error : float or None
        What the studies say of their uncertainty, and the spread of their estimates.
    type_s, type_m : float or None
        Of the studies that show an effect: the share with the wrong sign, and how many times
        too large the effect is on average.
    refused : float
        Share of all studies without a result.
    power_low, power_high, false_positive_low, false_positive_high, coverage_low, \
coverage_high, bias_low, bias_high : float or None
        Where the value would lie with draws without end, at 95 %.

    References
    ----------
    Gelman & Carlin (2014), Perspectives on Psychological Science 9(6): type S and type M.
    Morris, White & Crowther (2019), Statistics in Medicine 38(11): bias, coverage and their
    Monte Carlo errors.
    """

    draws: int
    effect: float
    refused: float
    power: float | None = None
    power_low: float | None = None
    power_high: float | None = None
    false_positive: float | None = None
    false_positive_low: float | None = None
    false_positive_high: float | None = None
    coverage: float | None = None
    coverage_low: float | None = None
    coverage_high: float | None = None
    bias: float | None = None
    bias_low: float | None = None
    bias_high: float | None = None
    mean_std_error: float | None = None
    true_std_error: float | None = None
    type_s: float | None = None
    type_m: float | None = None

    def row(self) -> dict[str, Cell]:
        """Return what is known as a row."""
        return {key: value for key, value in asdict(self).items() if value is not None}


def measure(there: Drawn, none: Drawn, truth: float) -> Measures:
    """Return what two sets of simulated studies say, all but the detectable effect.

    Parameters
    ----------
    there, none : Drawn
        Studies with the assumed effect, and with none.
    truth : float
        The assumed effect.
    """
    given = there.given
    draws, refused = there.draws, float(1 - np.concatenate([given, none.given]).mean())
    shares = _share("power", int(there.found.sum()), draws)
    shares |= _share("false_positive", int(none.found.sum()), int(none.given.sum()))
    covered = (there.low <= truth) & (truth <= there.high)
    shares |= _share("coverage", int(covered.sum()), int(given.sum()))
    if given.sum() < _FEWEST:
        return Measures(draws, truth, refused, **shares)
    error = there.estimate[given] - truth
    bias, spread = float(error.mean()), float(error.std(ddof=1))
    half = t_quantile((1 + CONF_LEVEL) / 2, None) * spread / sqrt(len(error))
    return Measures(
        draws=draws,
        effect=truth,
        refused=refused,
        bias=bias,
        bias_low=bias - half,
        bias_high=bias + half,
        mean_std_error=float(there.std_error[given].mean()),
        true_std_error=spread,
        **shares,
        **_exaggerated(there, truth),
    )


def _share(name: str, count: int, of: int) -> dict[str, float]:
    if not of:
        return {}
    low, high = binomial(count, of)
    return {name: count / of, f"{name}_low": low, f"{name}_high": high}


def _exaggerated(there: Drawn, truth: float) -> dict[str, float]:
    shown = there.estimate[there.found]
    if not truth or not len(shown):
        return {}
    return {
        "type_s": float((shown * truth < 0).mean()),
        "type_m": float(np.abs(shown / truth).mean()),
    }


def binomial(count: int, of: int, conf_level: float = CONF_LEVEL) -> tuple[float, float]:
    """Return the exact limits of a share.

    Parameters
    ----------
    count, of : int
        Successes and trials.
    conf_level : float
        Coverage probability, in (0, 1).

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26(4); R ``binom.test(count, of)$conf.int``.
    """
    from scipy.special import betaincinv

    tail = (1 - conf_level) / 2
    low = float(betaincinv(count, of - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, of - count, 1 - tail)) if count < of else 1.0
    return low, high


def reach(there: Drawn, truth: float) -> NDArray[np.float64]:
    """Return the effect from which each study shows one, sorted, shape (draws,).

    An effect that is the same for everybody moves the estimate and its limits, and nothing
    else: had the effect been as large as the distance of the true effect from the near limit,
    the limit would have been at 0. Studies without a result show none, however large.

    Parameters
    ----------
    there : Drawn
        Studies with the assumed effect.
    truth : float
        That effect; the sizes returned are without its sign.
    """
    sizes = truth - there.low if truth >= 0 else there.high - truth
    return np.sort(np.where(there.given, sizes, np.inf))


def detectable(there: Drawn, truth: float, power: float = POWER) -> Mapping[str, float]:
    """Return the effect that is found with this power, by moving each study's estimate.

    Parameters
    ----------
    there : Drawn
        As in ``reach``.
    truth : float
        As in ``reach``.
    power : float
        Share of studies that are to show the effect, in (0, 1).

    Returns
    -------
    mapping
        ``mde``, without sign, and its 95 % limits ``mde_low`` and ``mde_high`` from order
        statistics; what no effect reaches is left out.
    """
    sizes = reach(there, truth)
    half = t_quantile((1 + CONF_LEVEL) / 2, None) * sqrt(power * (1 - power) / len(sizes))
    found: dict[str, float] = {}
    for name, share in (("mde", power), ("mde_low", power - half), ("mde_high", power + half)):
        place = ceil(share * len(sizes)) - 1
        if 0 <= place < len(sizes) and np.isfinite(sizes[place]):
            found[name] = float(sizes[place])
    return found


def power_at(there: Drawn, truth: float, effect: float) -> tuple[float, float, float]:
    """Return the power at another effect of the same sign, and its 95 % limits.

    Parameters
    ----------
    there : Drawn
        As in ``reach``.
    truth : float
        As in ``reach``.
    effect : float
        Another effect; 0 gives the share that shows one in either direction.
    """
    moved = effect - truth
    count = int((((there.low + moved) > 0) | ((there.high + moved) < 0)).sum())
    return (count / there.draws, *binomial(count, there.draws))
