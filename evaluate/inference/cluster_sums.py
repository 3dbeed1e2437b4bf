"""Numbers, means and sums of squares of the assigned clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float, Integer, Moments
from evaluate.errors import Refused
from evaluate.inference.linear import Fit, GroupMoments

Adjusted = tuple[GroupMoments, Fit]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Numbers, means and sums of squares by cluster.

    Attributes
    ----------
    n : ndarray, shape (g,)
        Members.
    mean : ndarray, shape (g,)
        Mean outcome; from any origin.
    squares : ndarray, shape (g,)
        Sum of squared deviations from the cluster's mean.
    place : ndarray, shape (g,)
        Arm and stratum of each cluster, 0, 1, ...: only clusters of one place are compared.
    """

    n: Float
    mean: Float
    squares: Float
    place: Integer

    @property
    def rows(self) -> int:
        """Return the members of all clusters."""
        return round(float(self.n.sum()))

    @property
    def df(self) -> int:
        """Return the clusters less the places."""
        return len(self.n) - len(np.unique(self.place))

    def around(self, weight: Float) -> Float:
        """Return the clusters' means less the weighted mean of their place.

        Parameters
        ----------
        weight : ndarray, shape (g,)
            Weights of the clusters.
        """
        total = np.bincount(self.place, weight * self.mean) / np.bincount(self.place, weight)
        inner: Float = self.mean - total[self.place]
        return inner


def read_clusters(
    cells: Moments, cluster: Integer, place: Integer | None = None, adjust: Adjusted | None = None
) -> Clusters:
    """Return numbers, means and sums of squares by cluster.

    Parameters
    ----------
    cells : Moments
        Moments whose last column is the outcome, by cell.
    cluster : ndarray, shape (g,)
        Cluster of each cell, 0, 1, ...
    place : ndarray, shape (g,), or None
        Arm and stratum of each cell, 0, 1, ...; ``None`` compares all clusters.
    adjust : tuple of GroupMoments and Fit, or None
        A model by cluster with the constant in its first column, and its fit: means and
        squares are then those of its residuals.

    Raises
    ------
    Refused
        ``mixed_clusters`` when a cluster lies in two places.
    """
    number = int(cluster.max(initial=0)) + 1
    at = np.zeros(len(cluster), np.int64) if place is None else place
    where = np.full(number, -1, np.int64)
    where[cluster] = at
    if (where[cluster] != at).any():
        raise Refused(
            "mixed_clusters",
            "a cluster holds rows of two arms or strata, so that it has no single mean",
            "name the unit that was assigned as the cluster",
        )
    if adjust is None:
        cross = np.zeros((number, 2, 2))
        np.add.at(cross, cluster, cells.cross[:, [0, -1]][:, :, [0, -1]])
        n, total, squares = cross[:, 0, 0], cross[:, 0, 1], cross[:, 1, 1]
    else:
        groups, b = adjust[0], adjust[1].coefficients
        n = groups.xx[:, 0, 0]
        total = groups.xy[:, 0] - groups.xx[:, 0] @ b
        squares = groups.yy - 2 * groups.xy @ b + np.einsum("i,gij,j->g", b, groups.xx, b)
    mean = total / n
    return Clusters(n, mean, np.maximum(squares - n * mean**2, 0.0), _numbered(where))


def _numbered(labels: Integer) -> Integer:
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)
