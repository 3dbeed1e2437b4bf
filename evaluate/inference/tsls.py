"""Two-stage least squares from moments: nothing here ever sees a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float, Labels, RowModel
from evaluate.errors import Refused
from evaluate.inference.instruments import InstrumentModel, InstrumentMoments
from evaluate.inference.linear import Fit, GroupMoments, Spread, fit, spread

# Share of a column's squares that others leave unexplained, below which it is rounding.
NOTHING_LEFT = 1e-12


@dataclass(frozen=True, slots=True)
class TwoStage:
    """A two-stage least-squares fit, in the form that estimators of spread take.

    Attributes
    ----------
    fit : Fit
        Coefficients of (X, D); ``bread`` is the inverse of the projected columns' moments,
        and ``residual_sum`` that of the outcome less (X, D) at the coefficients.
    groups : GroupMoments
        Moments of the columns projected on (X, Z), by group, whose ``xy`` is such that
        xy - xx coefficients is each group's score with those residuals.
    projection : ndarray, shape (e + l, e + d)
        Coefficients of (X, D) on (X, Z).
    """

    fit: Fit
    groups: GroupMoments
    projection: Float


def tsls(moments: InstrumentMoments) -> TwoStage:
    """Return the two-stage least-squares fit to all groups together.

    Parameters
    ----------
    moments : InstrumentMoments
        Moments by group.

    Returns
    -------
    TwoStage
        Its spread: ``cluster_spread(two.groups, two.fit, contrast, "CR2")`` for clusters,
        ``classical_spread`` for equal variances, ``tsls_rows`` and ``individual_spread`` for
        individuals.

    Raises
    ------
    Refused
        ``under_identified`` with fewer instruments than endogenous columns,
        ``constant_instrument`` and ``instrument_collinear`` when an instrument does not vary,
        or not beside the covariates; ``no_first_stage`` when the instruments move the
        endogenous columns in no direction of their own; the codes of ``fit``.

    References
    ----------
    Theil (1953); Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data,
    section 5.2. R ``AER::ivreg(y ~ x + d | x + z)``, ``estimatr::iv_robust``; Stata
    ``ivregress 2sls y x (d = z), small``. CR2 and its degrees of freedom are those of
    ``clubSandwich`` and ``estimatr`` for ``ivreg``: the projected columns give the leverage.
    """
    require_instruments(moments)
    on, right = [*moments.x, *moments.z], [*moments.x, *moments.d]
    first = fit(moments.regression(on))
    total = moments.cross.sum(axis=0)
    projection = first.bread @ total[np.ix_(on, right)]
    # X is projected on itself: exactly, whatever the rounding.
    projection[:, : moments.exogenous] = np.eye(len(on))[:, : moments.exogenous]
    turned = projection.T
    xx = turned @ moments.cross[:, on][:, :, on] @ projection
    xy = moments.cross[:, on, moments.y] @ projection
    n, yy = moments.n, moments.cross[:, moments.y, moments.y]
    try:
        second = fit(GroupMoments(n=n, xx=xx, xy=xy, yy=yy))
    except Refused as fault:
        if fault.code != "collinear":
            raise
        raise no_first_stage() from None
    b = second.coefficients
    scores = (moments.cross[:, on, moments.y] - moments.cross[:, on][:, :, right] @ b) @ projection
    inner = np.append(-b, 1.0)
    at = [*right, moments.y]
    residual = max(float(inner @ total[np.ix_(at, at)] @ inner), 0.0)
    fitted = Fit(b, second.bread, second.n_obs, second.rank, residual)
    return TwoStage(fitted, GroupMoments(n=n, xx=xx, xy=scores + xx @ b, yy=yy), projection)


def no_first_stage() -> Refused:
    """Return the refusal of instruments that move nothing."""
    return Refused(
        "no_first_stage",
        "the instrument does not move what was received, so that nothing can be learned from it",
        "check the column of what was received, or report the effect of the offer",
    )


def require_instruments(moments: InstrumentMoments) -> None:
    """Refuse instruments that cannot identify anything.

    Parameters
    ----------
    moments : InstrumentMoments
        Moments by group.

    Raises
    ------
    Refused
        ``under_identified``, ``constant_instrument``, ``instrument_collinear``,
        ``received_constant`` and ``received_collinear``.
    """
    if moments.instruments < moments.endogenous:
        raise Refused(
            "under_identified",
            "there are fewer instruments than columns that they stand for",
            "name at least one instrument for each",
        )
    total = moments.cross.sum(axis=0)
    for at, constant, collinear in (
        (moments.z, "constant_instrument", "instrument_collinear"),
        (moments.d, "received_constant", "received_collinear"),
    ):
        what = "instrument" if at == moments.z else "column of what was received"
        if (_left(total, [] if moments.absorbed else [0], at) < NOTHING_LEFT).any():
            raise Refused(
                constant,
                f"the {what} is the same in every row",
                "check the column and data.where, or take it out",
            )
        if (_left(total, moments.x, at) < NOTHING_LEFT).any():
            raise Refused(
                collinear,
                f"the {what} follows from the covariates or the strata",
                "take out the covariates that it follows from",
            )


def _left(total: Float, on: Sequence[int], at: Sequence[int]) -> Float:
    """Return the share of each column's squares that is left after others explain it."""
    squares = np.diag(total)[list(at)]
    rest = squares - np.diag(explained(total, on, at))
    return np.divide(rest, squares, out=np.zeros_like(rest), where=squares > 0)


def explained(total: Float, on: Sequence[int], at: Sequence[int]) -> Float:
    """Return the part of columns' cross products that lies in the span of others.

    Parameters
    ----------
    total : ndarray, shape (m, m)
        Cross products of all columns.
    on : sequence of int
        Places of the columns that span.
    at : sequence of int
        Places of the columns explained.

    Returns
    -------
    ndarray, shape (len(at), len(at))
        at'P at.
    """
    inside, across = total[np.ix_(on, on)], total[np.ix_(on, at)]
    scale = 1 / np.sqrt(np.maximum(np.diag(inside), 1e-300))
    found, *_ = np.linalg.lstsq(
        inside * np.outer(scale, scale), across * scale[:, None], rcond=NOTHING_LEFT
    )
    part: Float = (across * scale[:, None]).T @ found
    return (part + part.T) / 2


def classical_spread(groups: GroupMoments, fitted: Fit, contrast: Float) -> Spread:
    """Return the uncertainty of a contrast when errors are independent with equal variance.

    Parameters
    ----------
    groups : GroupMoments
        What was fitted.
    fitted : Fit
        A least-squares or two-stage fit.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.

    Returns
    -------
    Spread
        With n - k degrees of freedom, as in R ``summary(AER::ivreg(...))``.

    Raises
    ------
    Refused
        As ``spread``.
    """
    df = fitted.n_obs - fitted.rank
    variance = fitted.residual_sum / df * float(contrast @ fitted.bread @ contrast)
    return spread(variance, df, groups)


def tsls_rows(
    model: InstrumentModel, labels: Labels, two: TwoStage, contrast: Float
) -> tuple[RowModel, Float]:
    """Return a fit as an engine evaluates it row by row, and the maps of the projected rows.

    Parameters
    ----------
    model : InstrumentModel
        Rows by cell.
    labels : mapping of str to ndarray, each shape (g,)
        Those of the cells.
    two : TwoStage
        Fit to the model's moments.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.

    Returns
    -------
    RowModel, ndarray of shape (g, k, p + 1)
        Both as ``individual_spread`` takes them; leverage is that of the projected rows, as
        in ``estimatr::iv_robust(se_type = "HC2")``.
    """
    e, d = model.exogenous, model.endogenous
    right = model.maps[:, : e + d]
    on = np.concatenate([model.maps[:, :e], model.maps[:, e + d :]], axis=1)
    projected = two.projection.T @ on
    turned = projected.transpose(0, 2, 1)
    rows = RowModel(
        columns=model.cells.columns[:-1],
        labels=labels,
        residual=right.transpose(0, 2, 1) @ two.fit.coefficients,
        influence=turned @ (two.fit.bread @ contrast),
        leverage=turned @ two.fit.bread @ projected,
    )
    return rows, projected
