"""What goes into tracing a claim, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Observed = Literal["yes", "no", "not_looked_for"]
Test = Literal["hoop", "smoking_gun", "doubly_decisive", "straw_in_the_wind"]


@dataclass(frozen=True, slots=True)
class Span:
    """A probability with the range in which it may lie.

    Attributes
    ----------
    low, point, high : float
        In (0, 1), in this order.
    """

    low: float
    point: float
    high: float


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence.

    Attributes
    ----------
    key : str
        Its name.
    if_true : Span
        Probability of finding it if the claim holds: the test's sensitivity.
    if_false : tuple of Span
        Probability of finding it under each rival account: one minus the specificity.
    observed : {"yes", "no", "not_looked_for"}
        Whether it was found. What was not looked for says nothing; what was looked for and is
        not there counts against the claim as far as it should have been there.
    group : str
        Pieces of one group come from one source and are not independent.
    """

    key: str
    if_true: Span
    if_false: tuple[Span, ...]
    observed: Observed
    group: str


@dataclass(frozen=True, slots=True)
class Together:
    """Probability of all that was seen of a group, judged as one thing.

    Attributes
    ----------
    if_true : Span
        If the claim holds.
    if_false : tuple of Span
        Under each rival account.
    """

    if_true: Span
    if_false: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one piece says.

    Attributes
    ----------
    key : str
        Its name.
    test : str
        Its kind by what finding it, and not finding it, would do to the odds.
    found, missed : float
        Likelihood ratio if it is found, and if it is looked for and not found.
    ratio : float
        Likelihood ratio of what was observed; 1 where it was not looked for.
    counted : bool
        Whether it enters the posterior: in a group only the strongest on each side does.
    """

    key: str
    test: Test
    found: float
    missed: float
    ratio: float
    counted: bool


@dataclass(frozen=True, slots=True)
class Traced:
    """Belief in a claim after the evidence.

    Attributes
    ----------
    posterior, low, high : float
        Probability of the claim at the points, and its exact bounds over all ranges.
    ratio : float
        Likelihood ratio of all evidence together, against the rivals in their shares.
    prior_half, prior_sure : float
        The prior at which the posterior would be 0.5, and ``sure``.
    rivals : tuple of float
        Posterior probability of each rival account.
    pieces : tuple of Weighed
        In the order given.
    groups : int
        Groups with something that was looked for.
    """

    posterior: float
    low: float
    high: float
    ratio: float
    prior_half: float
    prior_sure: float
    rivals: tuple[float, ...]
    pieces: tuple[Weighed, ...]
    groups: int
