"""Draws of effects and of figures: the same for every payer, seeds by name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Estimate

Floats = NDArray[np.float64]
_GRID = 2**32
_SINGULAR = 1e-7  # an effect that follows from those before it has no stream of its own


def named(seed: tuple[int, ...], name: str) -> tuple[int, ...]:
    """Return the seed of one quantity: another quantity never moves its draws."""
    return (*seed, int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))


def slices(n: int, seed: tuple[int, ...]) -> Floats:
    """Return one number from each of ``n`` equal slices of 0 to 1, in random order.

    Shares and percentiles of what is drawn with them are within 1/n of those of the
    distribution.

    Parameters
    ----------
    n : int
        How many.
    seed : tuple of int
        Names the random stream.

    Returns
    -------
    ndarray, shape (n,)
        Strictly between 0 and 1.

    References
    ----------
    McKay, Beckman and Conover (1979), Technometrics 21(2), section 2.3. In R:
    ``(sample(n) - runif(n)) / n``.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(n)
    return (order + _inside(rng, n)) / n


def _inside(rng: np.random.Generator, n: int) -> Floats:
    # Strictly inside each slice: 0 and 1 would be infinite draws.
    return np.asarray(rng.integers(1, _GRID, size=n) / _GRID, dtype=np.float64)


def draw_effect(estimate: float, std_error: float, df: float | None, shares: Floats) -> Floats:
    """Return draws from the sampling distribution of an effect.

    No draw is cut off: harm is drawn as often as it is likely.

    Parameters
    ----------
    estimate, std_error : float
        In the outcome's unit.
    df : float or None
        Degrees of freedom; ``None`` is normal.
    shares : ndarray, shape (n,)
        Strictly between 0 and 1.

    Returns
    -------
    ndarray, shape (n,)
        In the outcome's unit.

    References
    ----------
    In R: ``estimate + std_error * qt(shares, df)``.
    """
    from scipy.special import ndtri, stdtrit

    quantiles = ndtri(shares) if df is None else stdtrit(df, shares)
    return np.asarray(estimate + std_error * quantiles, dtype=np.float64)


def spread(row: Estimate) -> float:
    """Return the standard error whose interval is no narrower than the published one.

    Where few groups were compared, the published interval is the wider of two tests; money must
    not look surer than the effect that it follows.
    """
    from scipy.special import ndtri, stdtrit

    tail = (1.0 + row.conf_level) / 2.0
    critical = float(ndtri(tail) if row.df is None else stdtrit(row.df, tail))
    wider = max(row.conf_high - row.estimate, row.estimate - row.conf_low)
    finite = np.isfinite(wider) and wider > row.std_error * critical * (1 + 1e-6)
    return float(wider / critical) if finite else row.std_error


def joint_slices(
    names: Sequence[str], correlation: Floats, n: int, seed: tuple[int, ...]
) -> Floats:
    """Return slices of 0 to 1 for several effects that go together.

    Parameters
    ----------
    names : sequence of str, length k
        Keys of the effects, which name the random streams.
    correlation : ndarray, shape (k, k)
        Of their sampling errors.
    n : int
        Draws.
    seed : tuple of int
        Names the study.

    Returns
    -------
    ndarray, shape (n, k)
        Each column one number from each of n equal slices; ranks as of a normal copula.

    Notes
    -----
    Each effect is a sum of those before it and of its own stream, so that an effect that is added
    last, or goes with none before it, moves no other's draws.

    References
    ----------
    Iman and Conover (1982), Communications in Statistics B 11(3). In R:
    ``mc2d::cornode``, or ``pnorm(MASS::mvrnorm(n, rep(0, k), correlation))`` without slices.
    """
    from scipy.special import ndtri

    own = [slices(n, named(seed, name)) for name in names]
    root = _root(correlation)
    free = np.column_stack([ndtri(one) for one in own]) if len(names) > 1 else np.empty((n, 1))
    found = []
    for k, name in enumerate(names):
        if not root[k, :k].any():
            found.append(own[k])
            continue
        ranks = (free @ root[k]).argsort().argsort()
        rng = np.random.default_rng(named(seed, f"{name} inside"))
        found.append((ranks + _inside(rng, n)) / n)
    return np.column_stack(found)


def _root(correlation: Floats) -> Floats:
    """Return the lower triangular root of a correlation matrix, which may be singular."""
    root = np.zeros_like(correlation)
    for i, row in enumerate(correlation):
        for j in range(i):
            left = row[j] - root[i, :j] @ root[j, :j]
            root[i, j] = left / root[j, j] if root[j, j] > _SINGULAR else 0.0
        root[i, i] = np.sqrt(max(row[i] - root[i, :i] @ root[i, :i], 0.0))
    return root
