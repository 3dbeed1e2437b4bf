"""Whether several contrasts of a treatment effect are all zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluate.data.moments import Float, RowMoments
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.individual import shared_by_rows
from evaluate.inference.linear import Fit, GroupMoments, spread
from evaluate.inference.treatment import TreatmentFit
from evaluate.inference.wald import (
    WaldTest,
    covariance_spread,
    hotelling,
    inverse_root,
    require_residuals,
    wald_test,
)
from evaluate.inference.weighted import weighted_parts

# Share of a contrast's squared weights below which it is rounding.
_NO_SHARE = 1e-9


def joint_test(sample: Sample, fitted: TreatmentFit, contrasts: Float) -> WaldTest:
    """Return the approximate Hotelling test that several contrasts are all zero.

    Over clusters it rests on CR2, over individuals on HC2, which is CR2 with each row as its
    own cluster. It is the same for every choice of contrasts that span the same hypothesis.

    Parameters
    ----------
    sample : Sample
        The rows behind the fit.
    fitted : TreatmentFit
        The fit.
    contrasts : ndarray, shape (q, k)
        Weights of the coefficients; linearly independent.

    Raises
    ------
    Refused
        With the codes of ``wald_test``; ``no_variation`` as in ``spread``.

    References
    ----------
    Tipton & Pustejovsky (2015), J. Educational and Behavioral Statistics 40(6). R
    ``clubSandwich::Wald_test(test = "HTZ")`` of ``vcovCR(type = "CR2")``, for individuals with
    ``cluster = seq_len(n)``; ``inverse_var = FALSE`` with probability weights, else ``TRUE``.
    """
    if not fitted.clustered:
        return _over_rows(sample, fitted, contrasts)
    if fitted.powers:
        own = not fitted.nested
        return weighted_wald_test(fitted.powers, fitted.fit, contrasts, alone=own)
    return wald_test(fitted.groups, fitted.fit, contrasts)


def weighted_wald_test(
    powers: Sequence[GroupMoments], fitted: Fit, contrasts: Float, *, alone: bool = True
) -> WaldTest:
    """Return ``wald_test`` with probability weights and errors of equal variance.

    Parameters
    ----------
    powers : sequence of three GroupMoments
        Moments by cluster with weights to the power 0, 1 and 2.
    fitted : Fit
        The fit to the moments of power 1.
    contrasts : ndarray, shape (q, k)
        Weights of the coefficients; linearly independent.
    alone : bool
        As in ``weighted_cluster_spread``.

    Raises
    ------
    Refused
        With the codes of ``wald_test``; ``leverage_one`` as in ``weighted_cluster_spread``.

    References
    ----------
    As ``wald_test``. R ``clubSandwich::Wald_test(test = "HTZ")`` of
    ``vcovCR(lm(..., weights = w), type = "CR2")``.
    """
    require_residuals(powers[1], fitted, contrasts)
    found = weighted_parts(powers, fitted, contrasts)
    if alone and (found.lost > _NO_SHARE).any():
        raise Refused(
            "leverage_one",
            "a cluster weighs so much that it alone decides part of what is tested",
            "check the weights, or merge strata or subgroups",
        )
    root = inverse_root(found.expected)
    own = root @ found.own @ root
    # Q enters with the sign that (X'X)^-1 has without weights.
    total = covariance_spread(own, found.shared @ root, -found.between)
    return hotelling(contrasts @ fitted.coefficients, found.parts.T @ found.parts, total)


def _over_rows(sample: Sample, fitted: TreatmentFit, contrasts: Float) -> WaldTest:
    """Return the test with each row as its own cluster.

    All that it needs is of degree two or four in a row's weights w = (w_1, ..., w_q), so sums
    and differences of contrasts, of unit variance under equal errors, give it without a row.
    """
    made = fitted.fit
    unit = inverse_root(contrasts @ fitted.working @ contrasts.T) @ contrasts
    q = len(unit)
    alone = [_rows(sample, fitted, one) for one in unit]
    variance = np.diag([float(one.squares[1]) for one in alone])
    meat = [_shared(fitted, one) for one in alone]
    total = 2 * sum(one.fourth + _trace(m) for one, m in zip(alone, meat, strict=True))
    for i in range(q):
        for j in range(i):
            more, less = (_rows(sample, fitted, unit[i] + s * unit[j]) for s in (1.0, -1.0))
            variance[i, j] = variance[j, i] = (more.squares[1] - less.squares[1]) / 4
            # (a + b)^4 + (a - b)^4 = 2 a^4 + 12 a^2 b^2 + 2 b^4.
            known = 2 * (alone[i].fourth + alone[j].fourth)
            shared = (more.fourth + less.fourth - known) / 12
            both = (_shared(fitted, more) - _shared(fitted, less)) / 4
            total += 4 * (shared + _trace(both))
    for one in np.diag(variance).tolist():
        spread(one, 1.0, fitted.groups)
    return hotelling(unit @ made.coefficients, variance, float(total))


def _rows(sample: Sample, fitted: TreatmentFit, contrast: Float) -> RowMoments:
    rows = fitted.row_sums(sample, contrast)
    if rows.alone > _NO_SHARE * float(contrast @ fitted.working @ contrast):
        raise Refused(
            "leverage_one",
            "one row alone decides part of what is tested, so that it has no residual",
            "ask for adjustment: additive, or merge strata or subgroups",
        )
    return rows


def _shared(fitted: TreatmentFit, rows: RowMoments) -> Float:
    return shared_by_rows(rows, fitted.fit, fitted.maps, fitted.working)


def _trace(matrix: Float) -> float:
    return float(np.sum(matrix * matrix.T))
