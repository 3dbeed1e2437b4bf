"""What a design is, how one is found, and what it returns."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evaluate.assumptions.scenario import Scenario
from evaluate.core import Check, ColumnRole, Estimand, Estimate, Settings, Strict, Summary, Table
from evaluate.data.sample import Sample

S = TypeVar("S", bound=Strict)
Kind = Literal[
    "randomised", "discontinuity", "instrument", "over_time", "matched", "adjusted", "descriptive"
]
ROLE = "evaluate_role"  # key in a field's JSON Schema; stripped from what editors see


def column(role: ColumnRole, description: str, **kwargs: Any) -> Any:
    """Return a pydantic field that names a column, or several, and says what they are.

    Parameters
    ----------
    role : str
        What the column is to the design; missing values are judged by it.
    description : str
        For the reference page and editors.
    **kwargs
        As for ``pydantic.Field``, such as ``default``.
    """
    return Field(description=description, json_schema_extra={ROLE: role}, **kwargs)


def named_columns(spec: Strict) -> Iterator[tuple[str, str, ColumnRole]]:
    """Yield field, column and role of each column that a design's fields name."""
    for name, info in type(spec).model_fields.items():
        extra, value = info.json_schema_extra, getattr(spec, name)
        if isinstance(value, Strict):
            yield from named_columns(value)
        elif isinstance(extra, dict) and ROLE in extra:
            for one in (value,) if isinstance(value, str) else value or ():
                yield info.alias or name, one, cast(ColumnRole, extra[ROLE])


def roles(spec: Strict) -> dict[str, ColumnRole]:
    """Return the columns that a design's fields name, each with its role."""
    return {name: role for _, name, role in named_columns(spec)}


@dataclass(frozen=True, slots=True)
class Result:
    """All that a design gives back; the gate decides what leaves.

    Attributes
    ----------
    estimates : tuple of Estimate
        The headline row first.
    covariance : ndarray, shape (k, k)
        Of the headline estimates, in the square of the outcome's unit; private.
    terms : tuple of str, length m
        Rows beside whose errors are known together, such as effects by time since the start.
    together : ndarray, shape (m, m)
        Their covariance; private.
    checks, tables : tuple
        Diagnostics and the arrays behind them.
    draws : mapping of str to ndarray
        Replicates by name; private.
    """

    estimates: tuple[Estimate, ...]
    covariance: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    terms: tuple[str, ...] = ()
    together: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    checks: tuple[Check, ...] = ()
    tables: tuple[Table, ...] = ()
    draws: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Simulated(Generic[S]):
    """Data drawn from a design whose effect is known.

    Attributes
    ----------
    data : mapping of str to ndarray, each shape (n,)
        Columns by name.
    spec : Strict
        The design's fields, naming those columns.
    truth : mapping of str to float
        The effect that was put in by column of the outcome, in its unit.
    """

    data: Mapping[str, NDArray[Any]]
    spec: S
    truth: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Design(Generic[S]):
    """A way to build the counterfactual.

    Attributes
    ----------
    name : str
        Its key under ``design:`` in ``study.yaml``.
    title : str
        Its name in prose.
    spec : type
        The fields that it needs; also the source of its reference page.
    estimands : frozenset of str
        What it can identify.
    rung : int
        Highest step of the claims ladder that it can reach.
    needs : mapping of int to frozenset of str
        For each step above 3, the checks that must pass for it.
    std_errors : callable
        ``(spec) -> names`` of the standard errors that it offers, its default first.
    estimate : callable
        ``(spec, sample, estimand, settings) -> Result``; raises ``Refused``.
    simulate : callable
        ``(spec, scenario, rng) -> Simulated``: one generator for contract tests, dummy data and
        power. It draws every column that ``spec`` names and every outcome of the scenario.
    example : tuple of Strict and Scenario
        Fields and assumptions that the design is tested with; the outcome is ``"outcome"``.
    kind : str
        How it identifies an effect, for ratings of evidence.
    """

    name: str
    title: str
    spec: type[S]
    estimands: frozenset[Summary]
    rung: int
    needs: Mapping[int, frozenset[str]]
    std_errors: Callable[[S], tuple[str, ...]]
    estimate: Callable[[S, Sample, Estimand, Settings], Result]
    simulate: Callable[[S, Scenario, np.random.Generator], Simulated[S]]
    example: tuple[S, Scenario]
    kind: Kind


def draw_example(design: Design[S], rng: np.random.Generator, effect: float) -> Simulated[S]:
    """Draw a design's example, with another effect on its outcomes.

    Parameters
    ----------
    design : Design
        Whose example is drawn.
    rng : numpy.random.Generator
        Source of chance.
    effect : float
        In the unit of the outcomes.
    """
    spec, scenario = design.example
    outcomes = {
        name: one.model_copy(update={"effect": effect}) for name, one in scenario.outcomes.items()
    }
    return design.simulate(spec, replace(scenario, outcomes=outcomes), rng)


@cache
def all_designs() -> Mapping[str, Design[Any]]:
    """Return every design in ``evaluate/designs`` by name: the folder is the registry."""
    package = import_module("evaluate.designs")
    found = (
        import_module(f"evaluate.designs.{info.name}").DESIGN
        for info in pkgutil.iter_modules(package.__path__)
    )
    return MappingProxyType({design.name: design for design in found})
