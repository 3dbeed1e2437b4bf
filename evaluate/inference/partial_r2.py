"""How much a hidden factor must explain of treatment and of the outcome to undo an effect.

All but the standard error is algebra of the sample: had the factor been measured, the
coefficient would have moved by exactly this much. It holds for weighted least squares too, with
weighted sums of squares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from evaluate.errors import Refused
from evaluate.inference.exposure import Benchmark
from evaluate.inference.t import t_quantile

_NEARLY_ALL = 1 - 1e-12


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect, and the scale on which a hidden factor would move it.

    Attributes
    ----------
    value, std_error : float
        Of the effect; the standard error may be robust.
    df : float or None
        Degrees of freedom of its interval; ``None`` is normal.
    scale : float
        Standard deviation of the outcome over that of treatment, both less what treatment (for
        the outcome) and the covariates explain: the classical standard error times the root of
        ``residual_df``.
    residual_df : float
        Rows less coefficients.
    clustered : bool
        Whether units lie in clusters. The factor then may make the standard error larger, by
        what it explains of treatment, but is not counted on to make it smaller: what it explains
        of the outcome within clusters is unknown.
    """

    value: float
    std_error: float
    df: float | None
    scale: float
    residual_df: float
    clustered: bool = False


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What would have been found with a hidden factor of stated strength.

    Attributes
    ----------
    r2_treatment, r2_outcome : float
        Share that the factor explains of what is left of treatment, and of the outcome.
    value, std_error, t : float
        Effect once the factor is held, when it moves the effect towards zero.
    low, high : float
        Limits.
    """

    r2_treatment: float
    r2_outcome: float
    value: float
    std_error: float
    t: float
    low: float
    high: float


def partial_r2(effect: Effect) -> float:
    """Return the share of the outcome's remaining variance that treatment explains.

    A factor that explains all of the outcome that is left must explain this share of treatment
    to bring the effect to zero: the extreme scenario.
    """
    f2 = (effect.value / effect.scale) ** 2
    return f2 / (1 + f2)


def robustness_value(effect: Effect, q: float = 1.0) -> float:
    """Return how much of both a factor must explain to take away a share of the effect.

    Parameters
    ----------
    effect : Effect
        The effect.
    q : float
        Share of the effect, above 0; 1 is all of it.

    References
    ----------
    Cinelli & Hazlett (2020), J. Royal Statistical Society B 82(1), 39-67, equation 18. R
    ``sensemakr::robustness_value(model, treatment, q, alpha = 1)``.
    """
    return _equal(q * abs(effect.value) / effect.scale)


def robustness_limit(effect: Effect, q: float = 1.0, alpha: float = 0.05) -> float:
    """Return how much of both a factor must explain for the interval to reach (1 - q) effect.

    With a robust standard error this is tied to it, not to the classical one: the critical value
    is multiplied by their ratio. R's number is that with the classical one.

    Parameters
    ----------
    effect : Effect
        The effect.
    q : float
        As in ``robustness_value``.
    alpha : float
        One less the level of confidence, in (0, 1).

    Returns
    -------
    float
        0 where the interval holds that value already.

    References
    ----------
    Cinelli & Hazlett (2020), equation 20, with the case of a large effect as in Cinelli & Hazlett
    (2025), Biometrika 112(2), section 3. R ``sensemakr::robustness_value(model, treatment, q,
    alpha)``.
    """
    f, critical = q * abs(effect.value) / effect.scale, _critical(effect, alpha)
    if f <= critical:
        return 0.0
    if effect.clustered:
        return _first(lambda both: _reaches(effect, both, q, alpha))
    if critical > 0 and f >= 1 / critical:
        return (f**2 - critical**2) / (1 + f**2)
    return _equal(f - critical)


def extreme_limit(effect: Effect, q: float = 1.0, alpha: float = 0.05) -> float:
    """Return what a factor behind all of the outcome that is left must explain of treatment.

    Parameters
    ----------
    effect : Effect
        As in ``robustness_limit``.
    q, alpha : float
        As in ``robustness_limit``.

    References
    ----------
    Cinelli & Hazlett (2025), section 3. R ``sensemakr::extreme_robustness_value``.
    """
    f, critical = q * abs(effect.value) / effect.scale, _critical(effect, alpha)
    return max(f**2 - critical**2, 0.0) / (1 + f**2)


def _equal(f: float) -> float:
    """Return R with R / sqrt(1 - R) = f; written so that a huge f gives 1, not 0."""
    if f <= 0:
        return 0.0
    return 2 * f / (f + sqrt(f**2 + 4))


def _critical(effect: Effect, alpha: float) -> float:
    """Return the critical value on the scale of f, less one degree for the factor itself."""
    df = effect.residual_df
    if not df > 1:
        raise Refused(
            "no_degrees_of_freedom",
            "too few rows are left to hold a hidden factor too",
            "use fewer covariates, or more rows",
        )
    quantile = t_quantile(1 - alpha / 2, _interval_df(effect))
    return quantile * effect.std_error / effect.scale * sqrt(df / (df - 1))


def _interval_df(effect: Effect) -> float | None:
    if effect.df is None or effect.clustered:
        return effect.df
    if not effect.df > 1:
        raise Refused(
            "no_degrees_of_freedom",
            "too few degrees of freedom are left to hold a hidden factor too",
            "use fewer covariates, or more rows",
        )
    return effect.df - 1


def _reaches(effect: Effect, both: float, q: float, alpha: float) -> bool:
    found = adjusted(effect, both, both, alpha=alpha)
    sign = 1 if effect.value > 0 else -1
    left = (1 - q) * abs(effect.value)
    return min(sign * found.low, sign * found.high) <= left


def _first(reached: Callable[[float], bool]) -> float:
    low, high = 0.0, _NEARLY_ALL
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def adjusted(
    effect: Effect, r2_treatment: float, r2_outcome: float, *, alpha: float = 0.05
) -> Adjusted:
    """Return the effect that would have been found had the hidden factor been held.

    Parameters
    ----------
    effect : Effect
        The effect.
    r2_treatment : float
        Share of treatment, less the covariates, that the factor explains, in [0, 1).
    r2_outcome : float
        Share of the outcome, less treatment and the covariates, in [0, 1].
    alpha : float
        One less the level of confidence.

    Raises
    ------
    Refused
        ``impossible_strength``; ``no_degrees_of_freedom``.

    References
    ----------
    Cinelli & Hazlett (2020), equations 14 and 15. R ``sensemakr::adjusted_estimate``,
    ``adjusted_se`` and ``adjusted_t``.
    """
    if not (0 <= r2_treatment < 1 and 0 <= r2_outcome <= 1):
        raise Refused(
            "impossible_strength",
            "a hidden factor cannot explain less than nothing, or all of treatment",
            "give shares from 0 to below 1",
        )
    df = effect.residual_df
    critical = _critical(effect, alpha) * effect.scale  # as a distance, unadjusted
    bias = effect.scale * sqrt(r2_outcome * r2_treatment / (1 - r2_treatment))
    sign = 1.0 if effect.value >= 0 else -1.0
    value = effect.value - sign * bias
    left = 1.0 if effect.clustered else 1 - r2_outcome
    change = sqrt(left / (1 - r2_treatment))
    std_error = effect.std_error * change * sqrt(df / (df - 1))
    half = critical * change
    t = value / std_error if std_error > 0 else 0.0
    return Adjusted(r2_treatment, r2_outcome, value, std_error, t, value - half, value + half)


def benchmark_strength(
    benchmark: Benchmark, k_treatment: float = 1.0, k_outcome: float | None = None
) -> tuple[float, float]:
    """Return how much a factor may explain that is k times as strong as observed covariates.

    Parameters
    ----------
    benchmark : Benchmark
        What the covariates explain of treatment and of the outcome.
    k_treatment, k_outcome : float
        How many times as much of treatment, and of the outcome; the same where one is left out.

    Returns
    -------
    r2_treatment, r2_outcome : float
        The most it explains; of the outcome no more than all.

    Raises
    ------
    Refused
        ``impossible_strength`` when no factor can be so many times as strong: the covariates
        explain too much of treatment.

    References
    ----------
    Cinelli & Hazlett (2020), appendix B.2. R ``sensemakr::ovb_bounds(kd, ky)``.
    """
    k_outcome = k_treatment if k_outcome is None else k_outcome
    d, y = benchmark.r2_treatment, benchmark.r2_outcome
    impossible = Refused(
        "impossible_strength",
        f"no hidden factor can be {k_treatment:g} times as strong as a covariate that"
        " explains so much of who took part",
        "ask for a smaller multiple",
    )
    if d >= 1 or k_treatment * d >= 1 - d:
        raise impossible
    r2_treatment = k_treatment * d / (1 - d)
    between = k_treatment * d**2 / ((1 - k_treatment * d) * (1 - d))
    if between >= 1:
        raise impossible
    if y >= 1:
        return r2_treatment, 1.0
    eta = (sqrt(k_outcome) + sqrt(between)) / sqrt(1 - between)
    return r2_treatment, min(eta**2 * y / (1 - y), 1.0)
