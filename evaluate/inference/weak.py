"""How strong instruments are, and whether they were needed and agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.instruments import InstrumentMoments
from evaluate.inference.linear import fit
from evaluate.inference.tsls import NOTHING_LEFT, TwoStage, explained, require_instruments
from evaluate.inference.wald import upper_f

# Below it the t interval of two-stage least squares is not to be trusted.
STRONG_F = 10.0


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A specification test.

    Attributes
    ----------
    statistic : float
        Its value.
    df_num, df_denom : float or None
        Degrees of freedom of F; ``df_denom`` is ``None`` for chi-squared.
    p_value : float
        Probability of at least this value.
    """

    statistic: float
    df_num: float
    df_denom: float | None
    p_value: float


def first_stage_f(moments: InstrumentMoments) -> tuple[Diagnostic, ...]:
    """Return the F test that the instruments do not move each endogenous column.

    With independent errors of equal variance.

    Parameters
    ----------
    moments : InstrumentMoments
        Moments by group.

    Returns
    -------
    tuple of Diagnostic
        For each endogenous column; none where the instruments decide it entirely.

    Raises
    ------
    Refused
        The codes of ``require_instruments`` and ``fit``.

    References
    ----------
    Staiger & Stock (1997), Econometrica 65(3). R ``summary(AER::ivreg(...), diagnostics =
    TRUE)``, row *Weak instruments*.
    """
    require_instruments(moments)
    total = moments.cross.sum(axis=0)
    on = [*moments.x, *moments.z]
    left = np.diag(total[np.ix_(moments.d, moments.d)] - explained(total, moments.x, moments.d))
    rest = np.diag(total[np.ix_(moments.d, moments.d)] - explained(total, on, moments.d))
    number, df = moments.instruments, moments.spare
    require_df(df)
    found = []
    for without, with_ in zip(left, rest, strict=True):
        if with_ > NOTHING_LEFT * without:
            f = float((without - with_) / number / (with_ / df))
            found.append(Diagnostic(f, number, df, upper_f(f, number, df)))
    return tuple(found)


def effective_f(coefficients: Float, covariance: Float, instruments: Float) -> float:
    """Return the effective F of instruments for one endogenous column.

    Parameters
    ----------
    coefficients : ndarray, shape (l,)
        First stage: of each instrument.
    covariance : ndarray, shape (l, l)
        Their robust covariance.
    instruments : ndarray, shape (l, l)
        Z'Z of the instruments less what the covariates explain.

    Returns
    -------
    float
        With one instrument its robust F.

    References
    ----------
    Montiel Olea & Pflueger (2013), J. Business & Economic Statistics 31(3), equation (4).
    Stata ``weakivtest``.
    """
    return float(
        coefficients @ instruments @ coefficients / np.einsum("ij,ji->", covariance, instruments)
    )


def wu_hausman(moments: InstrumentMoments) -> Diagnostic | None:
    """Return the test that least squares would do as well; ``None`` where both are one.

    Parameters
    ----------
    moments : InstrumentMoments
        Moments by group.

    Raises
    ------
    Refused
        The codes of ``fit``.

    References
    ----------
    Wu (1973), Econometrica 41(4); Hausman (1978), Econometrica 46(6). R
    ``summary(AER::ivreg(...), diagnostics = TRUE)``, row *Wu-Hausman*.
    """
    total = moments.cross.sum(axis=0)
    on, d = [*moments.x, *moments.z], moments.d
    first = fit(moments.regression(on))
    # A residual of the first stage is D less its projection: one more column.
    maps = np.zeros((len(d), len(total)))
    maps[np.arange(len(d)), d] = 1.0
    maps[:, on] -= (first.bread @ total[np.ix_(on, d)]).T
    whole = np.vstack([np.eye(len(total)), maps])
    cross = whole @ total @ whole.T
    extra, right = list(range(len(total), len(whole))), [*moments.x, *d]
    spread_of_d = np.diag(total[np.ix_(d, d)] - explained(total, moments.x, d))
    if (np.diag(cross)[extra] <= NOTHING_LEFT * spread_of_d).any():
        return None
    y = [moments.y]
    without = float((cross[np.ix_(y, y)] - explained(cross, right, y))[0, 0])
    with_ = float((cross[np.ix_(y, y)] - explained(cross, [*right, *extra], y))[0, 0])
    df = int(moments.n.sum()) - moments.absorbed - len(right) - len(d)
    require_df(df)
    f = (without - with_) / len(d) / (with_ / df)
    return Diagnostic(f, len(d), df, upper_f(f, len(d), df))


def sargan(moments: InstrumentMoments, two: TwoStage) -> Diagnostic | None:
    """Return the test that all instruments tell of one effect; ``None`` without one to spare.

    Parameters
    ----------
    moments : InstrumentMoments
        Moments by group.
    two : TwoStage
        Fit to them.

    References
    ----------
    Sargan (1958), Econometrica 26(3). R ``summary(AER::ivreg(...), diagnostics = TRUE)``, row
    *Sargan*.
    """
    spare = moments.instruments - moments.endogenous
    if spare == 0:
        return None
    from scipy.special import chdtrc

    whole = np.eye(moments.y + 1)
    whole[moments.y, [*moments.x, *moments.d]] -= two.fit.coefficients
    cross = whole @ moments.cross.sum(axis=0) @ whole.T
    part = explained(cross, [*moments.x, *moments.z], [moments.y])[0, 0]
    statistic = float(two.fit.n_obs * part / cross[moments.y, moments.y])
    return Diagnostic(statistic, spare, None, float(chdtrc(spare, statistic)))


def require_df(df: int) -> None:
    """Refuse a model with no row more than columns.

    Parameters
    ----------
    df : int
        Rows less columns.

    Raises
    ------
    Refused
        ``too_few_rows``.
    """
    if df < 1:
        raise Refused(
            "too_few_rows",
            "there are too few rows for so many covariates and instruments",
            "use fewer covariates or strata, or more rows",
        )


def partialled(moments: InstrumentMoments) -> Float:
    """Return Z'Z of the instruments less what the covariates explain, shape (l, l).

    Parameters
    ----------
    moments : InstrumentMoments
        Moments by group.
    """
    total, z = moments.cross.sum(axis=0), moments.z
    rest: Float = total[np.ix_(z, z)] - explained(total, moments.x, z)
    return rest
