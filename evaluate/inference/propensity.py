"""How likely each unit was to be treated, given covariates: one logistic regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.levels import told
from evaluate.errors import Refused
from evaluate.inference.comparison import Bools, Groups
from evaluate.inference.linear import Float
from evaluate.inference.standardised import Standardised, standardised

# Of a standardised coefficient: quadratic convergence makes the next step its square.
_CONVERGED = 1e-7
_ROUNDS = 100
# From here on a step that still moves somebody's logit by a tenth leads towards infinity.
_SUSPECT, _MOVES = 12, 0.1
# Share of the longest move below which a unit lies on the boundary, or a covariate out of it.
_BOUNDARY, _PART = 1e-6, 1e-3
# A sixteenth of so many rows is enough to begin near the end.
_MANY, _EVERY = 50_000, 16
_BLOCK = 8192


@dataclass(frozen=True, slots=True)
class Propensity:
    """A logistic regression of treatment on covariates.

    Attributes
    ----------
    coefficients : ndarray, shape (p + 1,)
        The constant, then one for each covariate in its own unit; 0 for a dropped one.
    linear : ndarray, shape (n,)
        Logit of the score.
    score : ndarray, shape (n,)
        Probability of being treated.
    design : Standardised
        The columns behind it, with the constant first.
    dropped : tuple of str
        Covariates that follow from those before them.
    """

    coefficients: Float
    linear: Float
    score: Float
    design: Standardised
    dropped: tuple[str, ...]

    def residual(self, groups: Groups) -> Float:
        """Return each unit's weight times its treatment less its score, shape (n,)."""
        left = groups.treated - self.score
        return left if groups.weights is None else left * groups.weights

    def curvature(self, groups: Groups) -> Float:
        """Return each unit's weight in the information, shape (n,)."""
        held: Float = self.score * (1.0 - self.score)
        return held if groups.weights is None else held * groups.weights


def propensity(groups: Groups) -> Propensity:
    """Return the probability of being treated by maximum likelihood, without a penalty.

    Newton's method on standardised columns, with halved steps where the likelihood would fall;
    many rows begin where a sixteenth of them ends.

    Parameters
    ----------
    groups : Groups
        Units; with weights, those of a survey.

    Returns
    -------
    Propensity
        Coefficients and scores.

    Raises
    ------
    Refused
        ``separation`` when covariates tell some units' treatment for certain, so that no
        coefficients are most likely; ``more_covariates_than_units`` when the smaller group
        has no more units than covariates.

    References
    ----------
    Albert & Anderson (1984), Biometrika 71(1), on separation; McCullagh & Nelder (1989),
    section 4.4. R ``glm(treated ~ x, family = binomial)``.
    """
    design = standardised(groups.x, groups.names)
    rarer = min(int(groups.treated.sum()), int((~groups.treated).sum()))
    if rarer < design.z.shape[1]:
        raise Refused(
            "more_covariates_than_units",
            "the smaller group has no more units than there are covariates, so that any"
            " difference between the groups could be explained",
            "name fewer covariates, those that matter most for the outcome",
        )
    _require_each_to_overlap(groups, design)
    weights = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    found = np.zeros(design.z.shape[1])
    found[0] = np.log(weights @ groups.treated) - np.log(weights @ ~groups.treated)
    if rarer >= _MANY // _EVERY and len(groups.y) >= _MANY:
        part = slice(None, None, _EVERY)
        near = _newton(design.z[part], groups.treated[part], weights[part], found)
        found = found if near[1] is not None else near[0]
    found, towards = _newton(design.z, groups.treated, weights, found)
    if towards is not None:
        raise _separated(_taking_part(design, towards))
    linear = design.z @ found
    dropped = tuple(name for j, name in enumerate(groups.names) if j not in design.kept)
    return Propensity(design.original(found), linear, logistic(linear), design, dropped)


def logistic(linear: Float) -> Float:
    """Return 1 / (1 + exp(-linear)), without overflow.

    Parameters
    ----------
    linear : ndarray, shape (n,)
        Logits.
    """
    small = np.exp(-np.abs(linear))
    return np.where(linear >= 0, 1.0, small) / (1.0 + small)


def _newton(z: Float, treated: Bools, weights: Float, start: Float) -> tuple[Float, Float | None]:
    """Return coefficients, and the direction in which they would go to infinity, or None."""
    found = start
    likelihood, score, information = _pass(z, treated, weights, found)
    towards: Float | None = None
    for turn in range(_ROUNDS):
        step = _solved(information, score)
        tried = found + step
        new = _pass(z, treated, weights, tried)
        while new[0] < likelihood - 1e-9 * abs(likelihood) and np.abs(step).max() > _CONVERGED:
            step = step / 2
            tried = found + step
            new = _pass(z, treated, weights, tried)
        found, (likelihood, score, information) = tried, new
        if np.abs(step).max() <= _CONVERGED:
            return found, None
        towards = step
        if turn >= _SUSPECT and _separates(z @ step, treated):
            break
    return found, towards


def _pass(z: Float, treated: Bools, weights: Float, found: Float) -> tuple[float, Float, Float]:
    """Return the log likelihood, its first and its negative second derivative."""
    k = z.shape[1]
    likelihood, score, information = 0.0, np.zeros(k), np.zeros((k, k))
    for start in range(0, len(z), _BLOCK):
        part = slice(start, start + _BLOCK)
        block, on, weight = z[part], treated[part], weights[part]
        linear = block @ found
        small = np.exp(-np.abs(linear))
        one = np.where(linear >= 0, 1.0, small) / (1.0 + small)
        away = np.where(on, np.minimum(linear, 0.0), -np.maximum(linear, 0.0))
        likelihood += float(weight @ (away - np.log1p(small)))
        score += (weight * (on - one)) @ block
        information += (block * (weight * small / (1.0 + small) ** 2)[:, None]).T @ block
    return likelihood, score, information


def _solved(information: Float, score: Float) -> Float:
    """Return the Newton step, also where the information vanishes in some direction."""
    scale = 1.0 / np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
    scaled = information * np.outer(scale, scale)
    values, vectors = np.linalg.eigh(scaled)
    values = np.maximum(values, values[-1] * 1e-14)
    step: Float = scale * (vectors @ ((vectors.T @ (scale * score)) / values))
    return step


def _separates(along: Float, treated: Bools) -> bool:
    """Return whether a direction moves nobody the wrong way, and somebody the right way."""
    right = np.where(treated, along, -along)
    longest = float(np.abs(right).max())
    return longest > _MOVES and float(right.min()) >= -_BOUNDARY * longest


def _require_each_to_overlap(groups: Groups, design: Standardised) -> None:
    """Refuse covariates of which one alone tells the groups apart."""
    names = []
    for place, j in enumerate(design.kept, start=1):
        on, off = design.z[groups.treated, place], design.z[~groups.treated, place]
        if on.max() <= off.min() or off.max() <= on.min():
            names.append(groups.names[j])
    if names:
        raise _separated(tuple(names))


def _taking_part(design: Standardised, towards: Float) -> tuple[str, ...]:
    size = np.abs(towards[1:])
    places = np.flatnonzero(size > _PART * size.max(initial=0.0))
    return tuple(design.names[place] for place in places)


def _separated(names: tuple[str, ...]) -> Refused:
    listed = told(names)
    tell = " together tell" if len(names) > 1 else " tells"
    return Refused(
        "separation",
        f"{listed}{tell} for certain who was treated, or who was not, among some of the"
        " units, so that these have nobody to be compared with",
        "leave those units out by `data.where`, merge rare levels, or leave the covariates out"
        " and say why",
    )
