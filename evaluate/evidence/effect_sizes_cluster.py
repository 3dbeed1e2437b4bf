"""What a study that ignored its clusters would have found, had it counted them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from evaluate.inference.t import two_sided_p


@dataclass(frozen=True, slots=True)
class Corrected:
    """A test that ignored clusters, and the same corrected for them.

    Attributes
    ----------
    t, t_corrected : float
        Before and after.
    df : float
        Degrees of freedom after.
    p_value : float
        Two-sided, after.
    """

    t: float
    t_corrected: float
    df: float
    p_value: float


def corrected_for_clusters(
    g: float, individuals: tuple[int, int], clusters: int, icc: float
) -> Corrected:
    """Return the test of g with clustering counted.

    Parameters
    ----------
    g : float
        Effect in standard deviations.
    individuals : tuple of int
        Treated and comparison individuals.
    clusters : int
        Clusters of both groups.
    icc : float
        Intraclass correlation, in [0, 1).

    References
    ----------
    Hedges (2007), Journal of Educational and Behavioral Statistics 32(2), 151-179; What Works
    Clearinghouse (2022), Handbook 5.0, equation E.21 for the degrees of freedom, as in the R
    package VIVECampbell.
    """
    treated, comparison = individuals
    n = treated + comparison
    size = n / clusters
    t = g / sqrt(n / (treated * comparison) + g**2 / (2 * n))
    left = (n - 2) - 2 * (size - 1) * icc
    smaller = t * sqrt(left / ((n - 2) * (1 + (size - 1) * icc)))
    spread = (n - 2) * (1 - icc) ** 2 + size * (n - 2 * size) * icc**2
    df = left**2 / (spread + 2 * (n - 2 * size) * icc * (1 - icc))
    return Corrected(t, smaller, df, two_sided_p(smaller, df))


def cluster_bias(n: int, clusters: int, icc: float) -> float:
    """Return the factor by which g of individuals is multiplied where they stand in clusters.

    Parameters
    ----------
    n, clusters : int
        Individuals and clusters of both groups.
    icc : float
        Intraclass correlation, in [0, 1).

    References
    ----------
    Hedges (2007), Journal of Educational and Behavioral Statistics 32(2), 151-179.
    """
    return sqrt(1 - 2 * (n / clusters - 1) * icc / (n - 2))
