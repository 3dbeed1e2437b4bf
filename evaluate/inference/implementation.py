"""Whether a programme was delivered, and what its effect may then be taken to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.network import Float, Integer
from evaluate.inference.power import multiplier
from evaluate.inference.t import t_quantile

Delivery = Literal["delivered", "not_delivered", "uncertain"]
EffectWord = Literal["benefit", "harm", "ruled_out", "not_detectable", "inconclusive", "unknown"]
Reading = Literal[
    "not_tried",
    "did_not_work",
    "cannot_be_told",
    "delivered_and_shown",
    "shown_not_delivered",
    "shown_delivery_uncertain",
    "ruled_out_delivery_uncertain",
    "harm",
    "not_estimated",
]


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How much of what was planned was delivered at a site.

    Attributes
    ----------
    score : float
        Mean over the planned components, in [0, 1].
    conf_low, conf_high : float or None
        From how observations of one component differ; ``None`` where each component was
        observed once, which leaves no measure of chance.
    components, n_observed : int
        Components planned, and observations of them.
    never : int
        Components that were never delivered at all.
    """

    score: float
    conf_low: float | None
    conf_high: float | None
    components: int
    n_observed: int
    never: int


def fidelity(score: Float, component: Integer, planned: int, conf_level: float = 0.95) -> Fidelity:
    """Return how much of what was planned was delivered at one site.

    Parameters
    ----------
    score : ndarray, shape (n,)
        How far a component was delivered when observed, in [0, 1].
    component : ndarray of int, shape (n,)
        Which one, 0 .. planned - 1.
    planned : int
        Components in the plan.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``component_not_observed`` when a planned component was not observed: it is neither
        delivered nor not; ``off_scale`` when a score is outside 0 to 1.

    Notes
    -----
    Components are those planned, not a sample; only the times they were observed are. The
    variance is s^2 sum(1 / n_c) / C^2 with s^2 pooled within components.

    References
    ----------
    Carroll et al. (2007), Implementation Science 2:40; Cochran (1977), Sampling Techniques,
    eq. 5.8, for a stratified mean.
    """
    number = np.bincount(component, minlength=planned)
    if np.any(number == 0):
        raise Refused(
            "component_not_observed",
            "a planned component was not observed here, so that it is not known whether it was"
            " delivered",
            "observe it, or score it 0 where it is known that it was left out",
        )
    if np.any((score < 0) | (score > 1)):
        raise Refused(
            "off_scale",
            "a fidelity score is outside 0 to 1",
            "divide scores by the highest that can be given",
        )
    total = np.bincount(component, score, minlength=planned)
    mean = total / number
    found, df = float(mean.mean()), len(score) - planned
    never = int((total == 0).sum())
    low = high = None
    if df > 0:
        within = float(np.square(score - mean[component]).sum()) / df
        if within > 0:
            half = t_quantile((1 + conf_level) / 2, df) * sqrt(
                within * float((1 / number).sum()) / planned**2
            )
            low, high = max(0.0, found - half), min(1.0, found + half)
    return Fidelity(found, low, high, planned, len(score), never)


def delivered(
    value: float, conf_low: float | None, conf_high: float | None, minimum: float
) -> Delivery:
    """Return whether something reached the least that was declared, as far as its interval says.

    Parameters
    ----------
    value, conf_low, conf_high : float or None
        What was delivered; without limits it was counted, not sampled.
    minimum : float
        The least that counts as delivered.
    """
    low = value if conf_low is None else conf_low
    high = value if conf_high is None else conf_high
    if low >= minimum:
        return "delivered"
    return "not_delivered" if high < minimum else "uncertain"


def all_delivered(parts: Sequence[Delivery]) -> Delivery:
    """Return whether all parts were delivered: not where one was not.

    Parameters
    ----------
    parts : sequence of str
        Of reach, fidelity and doses, as far as a least was declared.
    """
    if "not_delivered" in parts:
        return "not_delivered"
    return "uncertain" if "uncertain" in parts or not parts else "delivered"


@dataclass(frozen=True, slots=True)
class Shown:
    """An effect with its interval.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high : float
        In the outcome's unit, above 0 desired.
    df : float or None
        Degrees of freedom; ``None`` is normal.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    df: float | None = None


def interval_of(
    estimate: float, std_error: float, df: float | None, conf_level: float = 0.95
) -> Shown:
    """Return an effect with Student's interval.

    Parameters
    ----------
    estimate, std_error : float
        In the outcome's unit, above 0 desired.
    df : float or None
        Degrees of freedom; ``None`` is normal.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``no_std_error`` when it is not above 0.
    """
    if not std_error > 0:
        raise Refused(
            "no_std_error",
            "an effect without a standard error above 0 has no interval",
            "give the standard error, or leave the effect out",
        )
    half = t_quantile((1 + conf_level) / 2, df) * std_error
    return Shown(estimate, std_error, estimate - half, estimate + half, df)


def effect_word(
    effect: Shown | None, smallest_worthwhile: float, conf_level: float = 0.95
) -> EffectWord:
    """Return what an effect shows, by the rule for verdicts of the whole package.

    Parameters
    ----------
    effect : Shown or None
        With its interval; ``None`` where none was estimated.
    smallest_worthwhile : float
        Smallest effect worth having, above 0.
    conf_level : float
        Coverage probability of the interval.

    References
    ----------
    Bloom (1995), Evaluation Review 19(5), for the detectable effect.
    """
    if effect is None:
        return "unknown"
    if effect.conf_low > 0:
        return "benefit"
    if effect.conf_high < 0:
        return "harm"
    if effect.conf_high < smallest_worthwhile:
        return "ruled_out"
    detectable = multiplier(effect.df, conf_level=conf_level) * effect.std_error
    return "not_detectable" if detectable > smallest_worthwhile else "inconclusive"


def reading(delivery: Delivery, word: EffectWord) -> Reading:
    """Return what delivery and effect together say, and never more.

    Only where it was delivered and effects worth having are excluded may it be said that the
    programme did not work there; where it was not delivered, its theory was not tried.

    Parameters
    ----------
    delivery : {"delivered", "not_delivered", "uncertain"}
        Whether the declared least was reached.
    word : str
        What the effect shows.

    References
    ----------
    Weiss (1972), Evaluation Research, on failure of programme and of theory; Suchman (1967).
    """
    if word == "harm":
        return "harm"
    if word == "benefit":
        shown: dict[Delivery, Reading] = {
            "delivered": "delivered_and_shown",
            "not_delivered": "shown_not_delivered",
            "uncertain": "shown_delivery_uncertain",
        }
        return shown[delivery]
    if delivery == "not_delivered":
        return "not_tried"
    if word == "ruled_out":
        return "did_not_work" if delivery == "delivered" else "ruled_out_delivery_uncertain"
    return "not_estimated" if word == "unknown" else "cannot_be_told"
