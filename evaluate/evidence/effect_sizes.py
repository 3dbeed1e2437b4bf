"""Sizes of effects on scales that studies share: Hedges' g, the Cox index, percentiles, months."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import exp, pi, sqrt
from typing import Literal

from evaluate.checks.balance import COX_SCALE, cox_index, omega
from evaluate.errors import Refused
from evaluate.evidence.ratings_rules import EefRules, Months, rules


def pooled_std_dev(treated: tuple[float, int], comparison: tuple[float, int]) -> float:
    """Return the standard deviation within two groups, pooled by their degrees of freedom.

    Parameters
    ----------
    treated, comparison : tuple of float and int
        Standard deviation and number of individuals of each group.
    """
    (s_t, n_t), (s_c, n_c) = treated, comparison
    return sqrt(((n_t - 1) * s_t**2 + (n_c - 1) * s_c**2) / (n_t + n_c - 2))


def g_std_error(g: float, n_treated: int, n_comparison: int, r_squared: float = 0.0) -> float:
    """Return the standard error of Hedges' g from the groups' sizes.

    Parameters
    ----------
    g : float
        Hedges' g, with the correction for small samples.
    n_treated, n_comparison : int
        Individuals in each group.
    r_squared : float
        Share of the outcome's variance that covariates explain, in [0, 1); 0 where the
        difference is not adjusted.

    References
    ----------
    What Works Clearinghouse (2022), Handbook 5.0, standard errors of g. Unadjusted: R
    ``omega * sqrt(metafor::escalc("SMD", ...)$vi)`` with ``vtype = "LS"`` and g for d.
    """
    n = n_treated + n_comparison
    sampling = n / (n_treated * n_comparison) * (1 - r_squared)
    return omega(n) * sqrt(sampling + g**2 / (2 * n))


def g_std_error_from(std_error: float, std_dev: float, g: float, n: int) -> float:
    """Return the standard error of Hedges' g from the standard error of the difference.

    Parameters
    ----------
    std_error, std_dev : float
        Of the difference, and of individuals within groups, in the outcome's unit.
    g : float
        Hedges' g.
    n : int
        Individuals in both groups.

    References
    ----------
    What Works Clearinghouse (2022), Handbook 5.0, standard errors from a regression; with
    clusters the standard error of the difference carries the clustering.
    """
    return omega(n) * sqrt((std_error / std_dev) ** 2 + g**2 / (2 * n))


def cox_of(treated: float, comparison: float) -> float:
    """Return the Cox index of two shares.

    Parameters
    ----------
    treated, comparison : float
        Share of each group.

    Raises
    ------
    Refused
        ``share_at_limit``: one of them is 0 or 1, whose log odds have no value.

    References
    ----------
    Cox (1970), Analysis of Binary Data; What Works Clearinghouse (2022), Handbook 5.0: the
    difference of log odds / 1.65, without the correction for small samples.
    """
    if not (0 < treated < 1 and 0 < comparison < 1):
        raise Refused(
            "share_at_limit",
            "a share is 0 or 1, so that its log odds have no value",
            "read the difference in percentage points instead",
        )
    return cox_index(treated, comparison)


def cox_std_error(treated: tuple[float, int], comparison: tuple[float, int]) -> float:
    """Return the standard error of the Cox index of individuals.

    Parameters
    ----------
    treated, comparison : tuple of float and int
        Share, inside (0, 1), and number of individuals of each group.

    References
    ----------
    What Works Clearinghouse (2022), Handbook 5.0; the standard error of the log odds ratio
    (Woolf 1955) / 1.65.
    """
    each = (1 / (n * p * (1 - p)) for p, n in (treated, comparison))
    return sqrt(sum(each)) / COX_SCALE


def share_from_cox(cox: float, comparison: float) -> float:
    """Return the difference of shares that a Cox index stands for, where the base is known.

    Parameters
    ----------
    cox : float
        Cox index.
    comparison : float
        Share of the comparison group, inside (0, 1).
    """
    odds = comparison / (1 - comparison) * exp(COX_SCALE * cox)
    return odds / (1 + odds) - comparison


def hasselblad_hedges(treated: float, comparison: float) -> float:
    """Return the difference of two shares, each inside (0, 1), on another scale than Cox's.

    References
    ----------
    Hasselblad & Hedges (1995), Psychological Bulletin 117(1): log odds ratio x sqrt(3) / pi; R
    ``metafor::escalc("OR2DL", ...)``.
    """
    return cox_index(treated, comparison) * COX_SCALE * sqrt(3) / pi


def improvement_index(g: float) -> float:
    """Return the expected change in rank of an average member of the comparison group.

    Parameters
    ----------
    g : float
        Effect in standard deviations.

    Returns
    -------
    float
        Percentile points, in (-50, 50).

    References
    ----------
    What Works Clearinghouse (2022), Handbook 5.0: 100 Phi(g) - 50; R ``100 * pnorm(g) - 50``.
    """
    from scipy.special import ndtr

    return 100 * float(ndtr(g)) - 50


def months(g: float, table: Literal["trials", "toolkit"] = "trials") -> int | None:
    """Return months of progress: of attainment alone, since the scale rests on its growth.

    Parameters
    ----------
    g : float
        Effect on attainment in standard deviations; it is rounded to two decimals first.
    table : {"trials", "toolkit"}
        Of trial reports, or of the toolkit, which ends at 1.

    Returns
    -------
    int or None
        Negative where ``g`` is; 12 stands for 12 and more; ``None`` beyond the table's end.

    References
    ----------
    Education Endowment Foundation, see ``rules/eef-2019.yaml``.
    """
    eef = rules("eef-2019", EefRules)
    size = float(abs(Decimal(repr(g))).quantize(Decimal("0.01"), ROUND_HALF_UP))
    if table == "toolkit" and size > eef.toolkit_end.value:
        return None
    found = _months(size, (eef.months_trials if table == "trials" else eef.months_toolkit).value)
    return found if g >= 0 else -found


def _months(size: float, bands: Sequence[Months]) -> int:
    return max(one.months for one in bands if size >= one.from_)
