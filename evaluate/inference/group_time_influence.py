"""Effects given covariates, and what each unit contributes to their covariance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float
from evaluate.data.paths import Starts
from evaluate.inference.group_time_fits import Fits, Part, pairs, solved, square
from evaluate.inference.group_time_propensity import TRIMMED, Propensity, probabilities
from evaluate.inference.group_time_rows import Rows

Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over units, weighted or not.

    Attributes
    ----------
    products : ndarray, shape (F, k (k + 1) / 2)
        Over a fit's comparison: products of pairs of covariates.
    crossed : ndarray, shape (m, k)
        Over an effect's comparison: covariates times change.
    treated : ndarray, shape (F, k)
        Over a fit's treated: covariates.
    changed : ndarray, shape (m,)
        Over an effect's treated: change.
    """

    products: Float
    crossed: Float
    treated: Float
    changed: Float


def sums(rows: Rows, fits: Fits, propensity: Propensity | None = None) -> Sums:
    """Return sums over treated and comparison units.

    Parameters
    ----------
    rows : Rows
        The panel.
    fits : Fits
        Which fits there are.
    propensity : Propensity or None
        If given, comparison units are weighted by the odds of being treated; those nearly
        certain to be treated weigh nothing.
    """
    k, m = rows.x.shape[2], len(fits.of)
    found = Sums(
        np.zeros((fits.n, k * (k + 1) // 2)),
        np.zeros((m, k)),
        np.zeros((fits.n, k)),
        np.zeros(m),
    )
    for place, mine in enumerate(fits.parts):
        for block in rows.blocks(place) if mine else ():
            for part in mine:
                x, changes, mask = part.of(block)
                if part.treated:
                    total = x.sum(axis=1) if mask is None else mask @ x.T
                    found.treated[part.fits] += total
                    found.changed[part.effects] += changes.sum(axis=1)
                    continue
                weights = mask
                if propensity is not None:
                    weights = _odds(x, propensity, part, mask)[1]
                    changes *= weights[part.within]
                of_pairs = pairs(x)
                total = of_pairs.sum(axis=1) if weights is None else weights @ of_pairs.T
                found.products[part.fits] += total
                found.crossed[part.effects] += changes @ x.T
    return found


@dataclass(frozen=True, slots=True)
class Estimated:
    """Effects, and the coefficients of each unit's influence on them.

    Attributes
    ----------
    effect : ndarray, shape (m,)
        Treated units' mean residual change less the comparison's weighted one.
    slopes : ndarray, shape (m, k)
        Of the comparison's change on covariates; 0 where it is not modelled.
    treated, comparison : ndarray, shape (m,)
        Those two means.
    size : ndarray, shape (m,)
        Treated units.
    weight : ndarray, shape (F,)
        The comparison's total weight.
    outcome : ndarray, shape (F, k)
        Takes a comparison unit's covariates to the influence of its residual through the
        slopes.
    odds : ndarray, shape (m, k)
        Takes a unit's covariates to its influence through the propensity.
    """

    effect: Float
    slopes: Float
    treated: Float
    comparison: Float
    size: Float
    weight: Float
    outcome: Float
    odds: Float


def estimate(
    fits: Fits, plain: Sums, propensity: Propensity | None, weighted: Sums | None, modelled: bool
) -> Estimated:
    """Return the effects by regression, by weighting or by both.

    Parameters
    ----------
    fits : Fits
        Which fits there are.
    plain, weighted : Sums
        Unweighted, and weighted by the odds; ``weighted`` is ``None`` for regression alone.
    propensity : Propensity or None
        Of the fits; ``None`` for regression alone.
    modelled : bool
        Whether the comparison's change is regressed on covariates.

    References
    ----------
    Sant'Anna and Zhao (2020), Journal of Econometrics 219, equations 2.2 to 2.6 and theorem
    A.1; R's ``DRDID::drdid_panel``, ``reg_did_panel`` and ``std_ipw_did_panel``.
    """
    of, gram = fits.of, square(plain.products)
    slopes = np.zeros_like(plain.crossed)
    if modelled:
        slopes = solved(gram[of], plain.crossed)[0]
    size = plain.treated[:, 0]
    centre = plain.treated / size[:, None]
    treated = plain.changed / size[of] - (centre[of] * slopes).sum(axis=1)
    comparison, odds = np.zeros(len(of)), np.zeros_like(slopes)
    weight = np.ones(fits.n)
    if propensity is not None and weighted is not None:
        products = square(weighted.products)
        weight = products[:, 0, 0]
        residual = weighted.crossed - (products[of] @ slopes[:, :, None])[:, :, 0]
        comparison = residual[:, 0] / weight[of]
        apart = residual - products[of, 0] * comparison[:, None]
        odds = solved(propensity.information[of], apart)[0] / weight[of, None]
        centre = centre - products[:, 0] / weight[:, None]
    outcome = solved(gram, centre)[0] if modelled else np.zeros_like(centre)
    return Estimated(
        treated - comparison, slopes, treated, comparison, size[of], weight, outcome, odds
    )


def covariances(
    rows: Rows, fits: Fits, starts: Starts, found: Estimated, propensity: Propensity | None
) -> Iterator[Float]:
    """Yield what each cohort adds to the covariance of effects and shares.

    Its shape is (m + h, m + h), influences added up by cluster.

    Parameters
    ----------
    rows : Rows
        The panel.
    fits : Fits
        Which fits there are.
    starts : Starts
        Who begins when.
    found : Estimated
        The effects.
    propensity : Propensity or None
        Of the fits; ``None`` for regression alone.
    """
    m, n = len(fits.of), starts.units.sum()
    of_treated = np.flatnonzero(starts.cohorts < len(starts.periods))
    shares = starts.units[of_treated] / n
    for place, mine in enumerate(fits.parts):
        effects = np.concatenate([*(part.effects for part in mine), np.zeros(0, dtype=np.int64)])
        residuals = [np.hstack([part.change, -found.slopes[part.effects]]) for part in mine]
        gram = np.zeros((len(effects) + 1,) * 2)
        for block in rows.blocks(place):
            influence = np.ones((len(effects) + 1, block.y.shape[1]))
            first = 0
            for part, one in zip(mine, residuals, strict=True):
                last, x = first + len(part.effects), block.design(part.at)
                mask = block.mask(part.periods, part.bases, part.at)
                residual = influence[first:last]
                np.matmul(one, np.concatenate([block.y, x]), out=residual)
                own = _of_treated if part.treated else _of_comparison
                own(residual, x, part, found, propensity)
                if mask is not None:
                    residual *= mask[part.within]
                first = last
            if block.heads is not None:
                influence = np.add.reduceat(influence, block.heads, axis=1)
            gram += influence @ influence.T
        takes = np.zeros((m + len(shares), len(gram)))
        takes[effects, np.arange(len(effects))] = 1.0
        takes[m:, -1] = ((of_treated == place) - shares) / n
        yield takes @ gram @ takes.T


def _of_treated(
    residual: Float, x: Float, part: Part, found: Estimated, propensity: Propensity | None
) -> None:
    """Turn treated units' residual changes, shape (c, r), into their influence."""
    residual -= found.treated[part.effects, None]
    residual /= found.size[part.effects, None]
    if propensity is not None:
        p = probabilities(x, propensity.coefficients[:, part.fits])
        np.subtract(1.0, p, out=p)
        residual -= p[part.within] * (found.odds[part.effects] @ x)


def _of_comparison(
    residual: Float, x: Float, part: Part, found: Estimated, propensity: Propensity | None
) -> None:
    """Turn comparison units' residual changes, shape (c, r), into their influence."""
    reach = found.outcome[part.fits] @ x
    np.negative(reach, out=reach)
    if propensity is None:
        residual *= reach[part.within]
        return
    p, odds = _odds(x, propensity, part, None)
    odds /= found.weight[part.fits, None]
    reach -= odds
    residual *= reach[part.within]
    residual += odds[part.within] * found.comparison[part.effects, None]
    residual += p[part.within] * (found.odds[part.effects] @ x)


def _odds(x: Float, propensity: Propensity, part: Part, mask: Float | None) -> tuple[Float, Float]:
    """Return probabilities and odds of being treated, shape (f, r) each."""
    p = probabilities(x, propensity.coefficients[:, part.fits])
    odds = p / (1.0 - p)
    odds *= p < TRIMMED
    if mask is not None:
        odds *= mask
    return p, odds
