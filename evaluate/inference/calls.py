"""What a row fitted, in the study's own names: what its calls in R and Stata are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Call:
    """What was fitted, in the study's own names.

    Attributes
    ----------
    outcome, treated : str
        Columns; of the treated, the one whose coefficient is the row's estimate.
    covariates : tuple of str
        Columns that enter as they are.
    factors : tuple of str
        Columns that enter as indicators.
    interacted : bool
        Whether each arm has its own slopes.
    cluster : str or None
        Column over which uncertainty is judged; ``None`` for individuals.
    absorbed : bool
        Whether each cluster has an intercept of its own.
    weights : str or None
        Column of weights.
    weights_kind : {"frequency", "inverse_variance", "probability"}
        What they mean.
    probability : str or None
        Column of the probability of treatment, where rows count by its inverse.
    """

    outcome: str
    treated: str
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    interacted: bool = False
    cluster: str | None = None
    absorbed: bool = False
    weights: str | None = None
    weights_kind: Literal["frequency", "inverse_variance", "probability"] = "probability"
    probability: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return every column that the call names, once."""
        own = (self.outcome, self.treated, *self.covariates, *self.factors)
        further = (self.cluster, self.weights, self.probability)
        return tuple(dict.fromkeys([*own, *(name for name in further if name is not None)]))

    @property
    def repeats(self) -> str | None:
        """Return the column of how many like rows a row stands for."""
        return self.weights if self.weights_kind == "frequency" else None

    @property
    def precision(self) -> str | None:
        """Return the column of inverse variances."""
        return self.weights if self.weights_kind == "inverse_variance" else None

    @property
    def sampling(self) -> str | None:
        """Return the column of weights that are one over a probability."""
        return self.weights if self.weights_kind == "probability" else None
