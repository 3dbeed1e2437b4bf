"""How sure a figure is: declared distributions, by their quantiles."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from evaluate.core import Strict

_SHAPE = 4.0  # the weight that PERT gives the mode
_SURE = 1e-9  # of the figure: a smaller standard error is lost in rounding
_WILD = 100.0  # times the figure: a larger one leaves nothing but the tail


class Range(Strict):
    """The ends of a distribution; the figure itself is its mode, or lies between them."""

    low: float = Field(ge=-1e15, le=1e15, description="Smallest value.")
    high: float = Field(ge=-1e15, le=1e15, description="Largest value.")

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if self.high <= self.low:
            raise ValueError("`high` must be above `low`; leave the distribution out if it is sure")
        return self


class Spread(Strict):
    """The standard error of a figure; the figure itself is the mean."""

    std_error: float = Field(gt=0, le=1e15, description="In the figure's own unit.")


class Uncertain(Strict):
    """One distribution of a figure."""

    triangular: Range | None = Field(default=None, description="The figure is the mode.")
    pert: Range | None = Field(
        default=None, description="The figure is the mode; the ends count less than triangular."
    )
    uniform: Range | None = Field(default=None, description="All between the ends alike.")
    gamma: Spread | None = Field(default=None, description="For costs: never below 0.")
    lognormal: Spread | None = Field(default=None, description="For costs with a long tail.")
    beta: Spread | None = Field(default=None, description="For shares: between 0 and 1.")

    @model_validator(mode="after")
    def _one(self) -> Uncertain:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"{len(given)} distributions are given; a figure has one of "
                f"{', '.join(type(self).model_fields)}"
            )
        return self

    @property
    def kind(self) -> str:
        """Return the name of the distribution."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    def faults(self, value: float, *, most: float = np.inf) -> str | None:
        """Return why the distribution does not fit its figure, or nothing.

        Parameters
        ----------
        value : float
            The figure.
        most : float
            Largest value that makes sense; 1 for shares.
        """
        given = getattr(self, self.kind)
        if isinstance(given, Range):
            if not given.low <= value <= given.high:
                return (
                    "the figure lies outside its own range; why: a distribution that does not hold "
                    "its own figure says nothing; widen `low` and `high`, or mend it"
                )
            if given.low < 0 or given.high > most:
                return (
                    f"the range leaves 0 to {most:g}; why: there is no such figure; narrow `low` "
                    "and `high`"
                )
            return None
        if value <= 0:
            return f"a {self.kind} distribution needs a figure above 0; use a range instead"
        if not _SURE * value <= given.std_error <= _WILD * value:
            return (
                f"the standard error is below {_SURE:g} or above {_WILD:g} times the figure; why: "
                "the distribution would be a point, or all tail; mend `std_error`, or leave the "
                "distribution out"
            )
        if self.kind == "beta":
            if most > 1:
                return "a beta distribution is for shares; use gamma, lognormal or a range"
            if value >= 1 or given.std_error**2 >= value * (1 - value):
                return "no beta distribution has this mean and standard error; make it smaller"
        return None

    def quantiles(self, value: float, shares: ArrayLike) -> NDArray[np.float64]:
        """Return quantiles of the distribution around a figure.

        Parameters
        ----------
        value : float
            The figure: the mode of triangular and PERT, the mean of gamma, lognormal and beta.
        shares : array_like
            Probabilities strictly between 0 and 1.

        References
        ----------
        Briggs, Claxton and Sculpher (2006), Decision Modelling for Health Economic Evaluation,
        chapter 4 (moments of gamma, beta and lognormal). In R: ``qgamma``, ``qbeta``,
        ``qlnorm``, ``mc2d::qtriang``, ``mc2d::qpert``.
        """
        at = np.asarray(shares, dtype=np.float64)
        given = getattr(self, self.kind)
        if isinstance(given, Range):
            return _between(self.kind, given, value, at)
        return _around(self.kind, value, given.std_error, at)


def _between(kind: str, ends: Range, mode: float, at: NDArray[np.float64]) -> NDArray[np.float64]:
    low, wide = ends.low, ends.high - ends.low
    if kind == "uniform":
        return np.asarray(low + wide * at)
    if kind == "pert":
        from scipy.special import betaincinv

        first = 1.0 + _SHAPE * (mode - low) / wide
        second = 1.0 + _SHAPE * (ends.high - mode) / wide
        return np.asarray(low + wide * betaincinv(first, second, at))
    peak = (mode - low) / wide
    left = low + wide * np.sqrt(at * peak)
    right = ends.high - wide * np.sqrt((1.0 - at) * (1.0 - peak))
    return np.where(at <= peak, left, right)


def _around(kind: str, mean: float, error: float, at: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import betaincinv, gammaincinv, ndtri

    if kind == "gamma":
        shape = (mean / error) ** 2
        return np.asarray(gammaincinv(shape, at) * mean / shape)
    if kind == "lognormal":
        variance = np.log1p((error / mean) ** 2)
        return np.asarray(np.exp(np.log(mean) - variance / 2 + np.sqrt(variance) * ndtri(at)))
    total = mean * (1.0 - mean) / error**2 - 1.0
    return np.asarray(betaincinv(mean * total, (1.0 - mean) * total, at))
