"""What is known of people before the programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.definition import AssumedCovariate
from evaluate.assumptions.normal import threshold

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One covariate of all people.

    Attributes
    ----------
    assumed : AssumedCovariate
        What it was drawn from.
    latent : ndarray, shape (people,)
        Standard normal; a yes where it exceeds the threshold of its share.
    values : ndarray, shape (people,)
        In its own unit.
    """

    assumed: AssumedCovariate
    latent: Float
    values: Float

    @property
    def standard(self) -> Float:
        """Return the values with mean 0 and variance 1, shape (people,)."""
        return self.latent if self.assumed.sd else (self.values - self.assumed.mean) / sd_of(self)


def sd_of(drawn: Drawn) -> float:
    """Return the standard deviation that a covariate was drawn with.

    Parameters
    ----------
    drawn : Drawn
        A covariate; of a yes or no it follows from the share.
    """
    mean = drawn.assumed.mean
    return drawn.assumed.sd or float(np.sqrt(mean * (1 - mean))) or 1.0


def draw_covariate(assumed: AssumedCovariate, people: int, rng: np.random.Generator) -> Drawn:
    """Draw a covariate: normal, or yes or no; alike in all clusters.

    Parameters
    ----------
    assumed : AssumedCovariate
        Its mean and standard deviation, or its share.
    people : int
        How many values.
    rng : numpy.random.Generator
        Source of chance.
    """
    latent = rng.standard_normal(people)
    if assumed.sd:
        return Drawn(assumed, latent, assumed.mean + assumed.sd * latent)
    return Drawn(assumed, latent, (latent > threshold(assumed.mean)).astype(np.float64))
