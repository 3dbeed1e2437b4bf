"""The same study with some of its assumptions changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from evaluate.assumptions.definition import ClusterSize
from evaluate.assumptions.scenario import Scenario
from evaluate.diagnosis.draws import Question
from evaluate.errors import Refused

_TIMES = {"units": (0.5, 0.75, 1.5, 2.0), "cluster_size": (0.5, 2.0), "icc": (0.5, 1.5, 2.0)}
_ICC_FROM_NONE = (0.05, 0.1, 0.2)
_HIGHEST_ICC = 0.95
_EFFECTS = 8


@dataclass(frozen=True, slots=True)
class Point:
    """One place on a curve.

    Attributes
    ----------
    axis : {"clusters", "people", "cluster_size", "icc", "effect"}
        Which assumption was changed.
    value : float
        To what.
    question : Question
        The study with it.
    """

    axis: str
    value: float
    question: Question


def points(question: Question) -> Iterator[Point]:
    """Yield the study with more and fewer units, larger and smaller ones, and so on.

    Parameters
    ----------
    question : Question
        The study as planned; its own place on each curve is left out.
    """
    scenario = question.scenario
    axis = "people" if scenario.size is None else "clusters"
    for times in _TIMES["units"]:
        units = round(scenario.units * times)
        yield _moved(question, axis, units, replace(scenario, units=units))
    if scenario.size is None:
        return
    for times in _TIMES["cluster_size"]:
        mean = float(f"{max(scenario.size.mean * times, 1.0):.3g}")
        sized = replace(scenario, size=_sized(scenario.size, mean))
        yield _moved(question, "cluster_size", mean, sized)
    icc = question.assumed.icc
    wanted = [icc * times for times in _TIMES["icc"]] if icc else _ICC_FROM_NONE
    for value in (float(f"{one:.3g}") for one in wanted):
        if value <= _HIGHEST_ICC:
            yield _moved(question, "icc", value, _each(scenario, icc=value))


def effects(question: Question, guess: float | None) -> list[float]:
    """Return effects from none to well beyond the assumed and the detectable one.

    Parameters
    ----------
    question : Question
        The study as planned.
    guess : float or None
        Size of the effect that may be detectable.
    """
    truth, sign = question.truth, -1.0 if question.truth < 0 else 1.0
    top = 1.25 * max(abs(truth), guess or 2 * abs(truth))
    top = min(top, limit(question))
    if not top:
        return []
    steps = [float(f"{one:.3g}") for one in np.linspace(0.0, top, _EFFECTS + 1)[:-1]]
    return [sign * one if one else 0.0 for one in [*steps, float(f"{top:.3g}")]]


def limit(question: Question) -> float:
    """Return the largest effect, without sign, that the outcome leaves room for.

    Parameters
    ----------
    question : Question
        The study as planned.
    """
    assumed = question.assumed
    if assumed.sd is not None:
        return np.inf
    room = assumed.baseline if assumed.effect < 0 else 1 - assumed.baseline
    by = question.scenario.received
    among = 1.0 if by is None else by.treated - by.comparison
    return room * among / question.dilution


def refusal(question: Question) -> Refused | None:
    """Return why no data are as the scenario has it, or nothing where there are such data.

    Parameters
    ----------
    question : Question
        What is asked.
    """
    try:
        question.design.simulate(question.spec, question.scenario, np.random.default_rng(0))
    except Refused as refused:
        return refused
    return None


def _moved(question: Question, axis: str, value: float, scenario: Scenario) -> Point:
    return Point(axis, value, replace(question, scenario=scenario))


def _sized(size: ClusterSize | None, mean: float) -> ClusterSize:
    """Return clusters of another mean size that vary as much, as a share of it."""
    if size is None:
        return ClusterSize(mean=mean)
    return ClusterSize(mean=mean, sd=size.sd * mean / size.mean)


def _each(scenario: Scenario, **changed: float) -> Scenario:
    outcomes = {name: one.model_copy(update=changed) for name, one in scenario.outcomes.items()}
    return replace(scenario, outcomes=outcomes)
