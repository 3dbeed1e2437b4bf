"""Heteroskedasticity-robust uncertainty of a contrast when individuals were assigned."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from evaluate.data.moments import LEVERAGE_LIMIT, Labels, Moments, RowModel, RowMoments
from evaluate.errors import Refused
from evaluate.inference.linear import Fit, Float, GroupMoments, Spread, spread

IndividualStdError = Literal["HC0", "HC1", "HC2", "HC3"]
INDIVIDUAL_STD_ERRORS: tuple[str, ...] = get_args(IndividualStdError)

# Share of the contrast's squared weights below which it is rounding.
_NO_SHARE = 1e-9


def row_model(
    covariates: tuple[str, ...], labels: Labels, maps: Float, fitted: Fit, contrast: Float
) -> RowModel:
    """Return a fit as an engine evaluates it row by row.

    Parameters
    ----------
    covariates : tuple of str
        The p columns of z = (1, covariates - centre).
    labels : mapping of str to ndarray, each shape (g,)
        Groups within which the design row is one affine map of z.
    maps : ndarray, shape (g, k, p + 1)
        Those maps: the design row is ``maps[group] @ z``.
    fitted : Fit
        Fit with k coefficients to the centred outcome.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.
    """
    turned = maps.transpose(0, 2, 1)
    return RowModel(
        columns=covariates,
        labels=labels,
        residual=turned @ fitted.coefficients,
        influence=turned @ (fitted.bread @ contrast),
        leverage=turned @ fitted.bread @ maps,
    )


def constant_rows(model: RowModel, cells: Moments) -> RowMoments:
    """Return what the third pass would, for a model without covariates: no pass is needed.

    Parameters
    ----------
    model : RowModel
        A model whose rows are alike within each group.
    cells : Moments
        Moments of (1, outcome) for the same groups.
    """
    gamma, a, h = model.residual[:, 0], model.influence[:, 0], model.leverage[:, 0, 0]
    n, y, yy = cells.cross[:, 0, 0], cells.cross[:, 0, 1], cells.cross[:, 1, 1]
    squares = np.maximum(yy - 2 * gamma * y + gamma**2 * n, 0.0)
    alone = h > LEVERAGE_LIMIT
    h = np.where(alone, 0.0, h)
    rest = 1 - h
    return RowMoments(
        labels=model.labels,
        squares=np.array([np.sum(squares * a**2 / rest**j) for j in range(3)]),
        fourth=float(np.sum(n * a**4 * (1 - 2 * h) / rest**2)),
        weighted=(n * a**2 / rest)[:, None, None],
        alone=float(np.sum((n * a**2)[alone])),
    )


def individual_spread(
    pooled: GroupMoments,
    fitted: Fit,
    contrast: Float,
    rows: RowMoments,
    maps: Float,
    *,
    std_error: IndividualStdError,
    working: Float | None = None,
) -> Spread:
    """Return the uncertainty of ``contrast @ coefficients`` when individuals were assigned.

    Parameters
    ----------
    pooled : GroupMoments
        What was fitted.
    fitted : Fit
        The fit.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.
    rows : RowMoments
        Sums over rows, for the model that ``row_model`` made of the same fit.
    maps : ndarray, shape (g, k, p + 1)
        As in ``row_model``.
    std_error : {"HC0", "HC1", "HC2", "HC3"}
        Estimator; HC1 is HC0 times n / (n - k).
    working : ndarray, shape (k, k), or None
        Covariance of the coefficients where errors have variance one; ``None`` is the fit's
        bread. With probability weights, and ``rows`` of a model with ``square``, HC2 is CR2
        with each row as its own cluster.

    Returns
    -------
    Spread
        Degrees of freedom are Bell and McCaffrey's for HC2, n - k for the others.

    Raises
    ------
    Refused
        ``leverage_one`` when a single row decides part of the contrast: its residual is
        zero whatever its error; ``no_variation`` and ``no_degrees_of_freedom`` as in
        ``spread``.

    References
    ----------
    MacKinnon & White (1985), J. Econometrics 29(3); Imbens & Kolesár (2016), Review of
    Economics and Statistics 98(4), section III. R ``sandwich::vcovHC(type = "HC0", ...,
    "HC3")``; the degrees of freedom of HC2 are those of ``clubSandwich::coef_test`` with
    each row as its own cluster, ``type = "CR2"``.
    """
    n, k = fitted.n_obs, fitted.rank
    plain, reduced, jackknife = rows.squares.tolist()
    working = fitted.bread if working is None else working
    trace = float(contrast @ working @ contrast)
    if rows.alone > _NO_SHARE * trace:
        raise Refused(
            "leverage_one",
            "one row alone decides part of the effect, so that it has no residual",
            "ask for adjustment: additive, merge strata, or drop the covariate that a"
            " single row stands for",
        )
    if std_error in {"HC0", "HC1"}:
        factor = n / (n - k) if std_error == "HC1" else 1.0
        return spread(factor * plain, n - k, pooled)
    if std_error == "HC3":
        return spread(jackknife, n - k, pooled)
    both = shared_by_rows(rows, fitted, maps, working)
    total = rows.fourth + float(np.einsum("ij,ji->", both, both))
    return spread(reduced, trace**2 / total if total > 0 else 0.0, pooled)


def shared_by_rows(rows: RowMoments, fitted: Fit, maps: Float, working: Float) -> Float:
    """Return Q K, with u_i'Q u_j what two residuals share and K the sum of a^2 / b u u'.

    Parameters
    ----------
    rows : RowMoments
        Sums over rows, which are linear in the squares of a.
    fitted : Fit
        The fit.
    maps : ndarray, shape (g, k, p + 1)
        As in ``row_model``.
    working : ndarray, shape (k, k)
        As in ``individual_spread``.

    Returns
    -------
    ndarray, shape (k, k) or (2k, 2k)
        With probability weights u is (x, w x), as in ``weighted_cluster_spread``; else x.
    """
    if rows.powers is None:
        found: Float = fitted.bread @ _over_rows(rows.weighted, maps)
        return found
    none, once, twice = (_over_rows(one, maps) for one in rows.powers)
    q = np.block([[working, -fitted.bread], [-fitted.bread, np.zeros_like(working)]])
    both: Float = q @ np.block([[none, once], [once, twice]])
    return both


def _over_rows(sums: Float, maps: Float) -> Float:
    found: Float = np.tensordot(maps @ sums, maps, axes=((0, 2), (0, 2)))
    return found
