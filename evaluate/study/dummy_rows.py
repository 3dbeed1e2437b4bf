"""Rows as a study needs them, drawn from its assumptions: every column, and the right people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.backwards import Frame, StuckError, Values, choose, invert
from evaluate.assumptions.fitted import fit_names, fit_numbers, keys_of
from evaluate.assumptions.pools import Drawn, Test, meets, pool
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.trial import taking
from evaluate.core import Strict
from evaluate.data.definition import Data
from evaluate.data.rules import Derive
from evaluate.data.variable import Variable
from evaluate.design import Design, Simulated, roles
from evaluate.study.dummy_people import Sources, follow
from evaluate.study.dummy_sources import fix_units, keys_in, split, with_earlier
from evaluate.study.dummy_times import acted_on, as_periods, as_starts, elapsed, periods_for

Columns = dict[str, Values]
OTHERS = 9  # one row that the study does not use stands beside so many that it uses
_NAMES = frozenset({"cluster", "stratum", "arm", "unit"})
_TIMES = frozenset({"time", "start"})
_SETTLED = _NAMES | _TIMES | {"treatment", "received", "weight", "concurrent"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What rows are made for.

    Attributes
    ----------
    data : Data or None
        The study's block, in the form that the rows are for; ``None`` where there is none yet.
    variables : mapping of str to Variable
        The dictionary.
    columns : tuple of str
        Columns that the rows need beside those that are drawn.
    looked_up : mapping of str to tuple of str
        Columns of each source that is asked for each person.
    probable : tuple of str
        Columns of the probability of being treated.
    """

    data: Data | None
    variables: Mapping[str, Variable]
    columns: tuple[str, ...]
    looked_up: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    probable: tuple[str, ...] = ()

    @property
    def derived(self) -> Mapping[str, Derive]:
        """Return the computed columns by name, in order."""
        return {one.name: one for one in self.data.derive} if self.data else {}

    def tests(self) -> dict[str, list[Test]]:
        """Return what used rows meet, by column."""
        found: dict[str, list[Test]] = {}
        for one in self.data.where if self.data else ():
            found.setdefault(one.column, []).append((one, True))
        cohort = self.data.cohort if self.data else None
        for name, _, criterion in cohort.criteria if cohort else ():
            if criterion.source is None:
                found.setdefault(criterion.column, []).append((criterion, name == "include"))
        return found


@dataclass(frozen=True, slots=True)
class Made:
    """Simulated sources.

    Attributes
    ----------
    sources : mapping of str to mapping of str to ndarray
        Columns by source.
    used : int
        Rows that meet the study's conditions.
    rows : int
        All rows.
    truth : mapping of str to float
        Effect by column.
    drawn : mapping of str to ndarray
        Columns of the used rows as they were drawn.
    treated : ndarray
        Whether each used row is treated, 0 or 1.
    """

    sources: Mapping[str, Columns]
    used: int
    rows: int
    truth: Mapping[str, float]
    drawn: Mapping[str, Values]
    treated: NDArray[np.float64]

    def achieved(self, column: str) -> dict[str, float | int]:
        """Return rows with an outcome and its mean by group, as they came out.

        Parameters
        ----------
        column : str
            Outcome.
        """
        values = np.array([np.nan if one is None else one for one in self.drawn[column]], float)
        groups = self.treated
        found: dict[str, float | int] = {}
        for name, group in (("treated", 1.0), ("comparison", 0.0)):
            here = values[(groups == group) & ~np.isnan(values)]
            found[f"n_{name}"] = len(here)
            if len(here):
                found[f"mean_{name}"] = round(float(here.mean()), 9)
        return found


def make_rows(
    asked: Asked,
    design: Design[Any],
    spec: Strict,
    scenario: Scenario,
    rng: np.random.Generator,
) -> Made:
    """Draw the rows of a study and put them into its sources.

    Parameters
    ----------
    asked : Asked
        What rows are made for.
    design : Design
        Whose generator draws.
    spec : Strict
        Its fields.
    scenario : Scenario
        What is assumed.
    rng : numpy.random.Generator
        Source of chance.

    Raises
    ------
    StuckError
        If a column cannot be drawn so that the study reads what is assumed.
    Refused
        If no data are as the scenario has it.
    """
    drawn = design.simulate(spec, scenario, rng)
    columns = _typed(drawn, scenario, asked)
    before = dict(columns)
    used = len(next(iter(columns.values())))
    for name in asked.probable:
        columns[name] = np.full(used, scenario.treated_share, dtype=object)
    tests = asked.tests()
    frame = Frame(asked.variables, columns, used, rng)
    _meet(tests, frame, asked)
    frame = _with_others(tests, frame, asked)
    sources = follow(asked.data, frame, used, rng) if asked.data else Sources({})
    for derive in reversed(list(asked.derived.values())):
        if derive.name in frame.columns and derive.status is None and derive.lag is None:
            invert(derive, frame)
    fix_units(asked.data, frame)
    before_that = {name: frame.columns.get(name) for name in asked.derived}
    _fill(frame, asked)
    frame = with_earlier(asked.data, frame, used, tests, before_that)
    order = rng.permutation(frame.n_rows)
    rows = {name: frame.columns[name][order] for name in frame.columns}
    parts = split(rows, asked.data, set(scenario.outcomes))
    made = {**parts, **sources.as_columns()}
    for name in asked.data.tables if asked.data else ():
        if not made.get(name):
            raise StuckError(
                f"nothing in the study says what rows `{name}` holds",
                "join it, ask it for a status or a criterion, or delete it",
            )
    offered = {one: is_ for one, is_ in roles(drawn.spec).items() if is_ != "received"}
    return Made(made, used, frame.n_rows, drawn.truth, before, acted_on(drawn, offered))


def _typed(drawn: Simulated[Any], scenario: Scenario, asked: Asked) -> Columns:
    """Return the drawn columns as the dictionary has them; those computed anew are left out."""
    role, tests = roles(drawn.spec), asked.tests()
    assumed = {**scenario.outcomes, **scenario.covariates}
    acted, since = acted_on(drawn, role), elapsed(drawn, role)
    share = taking(scenario) if "received" in role.values() else 1.0
    found: Columns = {}
    for name, values in drawn.data.items():
        kind = role.get(name)
        if (
            name not in assumed
            and kind not in _SETTLED
            and (
                name in asked.derived or kind == "covariate"  # the dictionary knows what it may be
            )
        ):
            continue
        variable, here = asked.variables[name], tests.get(name, [])
        if kind in _NAMES:
            found[name] = fit_names(values, variable, here)
        elif kind == "time":
            found[name] = as_periods(values, periods_for(int(values.max()), variable, here))
        elif kind == "start":
            found[name] = _starts(drawn, name, asked)
        else:
            mean = np.zeros(len(values))
            one = scenario.outcomes.get(name)
            if one is not None:
                mean = one.baseline + one.effect / share * acted + one.trend * since
            elif name in scenario.covariates:
                mean += scenario.covariates[name].mean
            sd = getattr(assumed.get(name), "sd", None) or 0.0
            found[name] = fit_numbers(values, (mean, sd), variable, here)
    return found


def _starts(drawn: Simulated[Any], name: str, asked: Asked) -> Values:
    """Return first treated periods, written as those in the column of time."""
    (time,) = (one for one, kind in roles(drawn.spec).items() if kind == "time")
    number = int(np.asarray(drawn.data[time], float).max())
    targets = periods_for(number, asked.variables[time], asked.tests().get(time, []))
    never = str(drawn.spec.first_treated.never)
    return as_starts(drawn.data[name], targets, asked.variables[name], never)


def _meet(tests: Mapping[str, list[Test]], frame: Frame, asked: Asked) -> None:
    """Draw the columns that decide which rows are used, so that all are."""
    for name, here in tests.items():
        if name in frame.columns:
            if not all(_holds(one, name, here, asked) for one in set(frame.columns[name])):
                raise StuckError(
                    f"what is assumed of `{name}` gives rows that `where` leaves out",
                    "correct the assumption or the condition",
                )
            continue
        allowed = pool(asked.variables[name], here)
        if not allowed:
            raise StuckError(
                f"no value of `{name}` that the dictionary allows meets every condition",
                "correct the conditions or the range",
            )
        frame.columns[name] = choose(allowed, frame.n_rows, frame.rng)


def _holds(value: Any, name: str, tests: Iterable[Test], asked: Asked) -> bool:
    return all(meets(value, asked.variables[name], test) == wanted for test, wanted in tests)


def _with_others(tests: Mapping[str, list[Test]], frame: Frame, asked: Asked) -> Frame:
    """Add rows that the study leaves out, each by one of its conditions."""
    ways: list[tuple[str, list[Drawn]]] = []
    for name, here in tests.items():
        for test, wanted in here:
            other = pool(asked.variables[name], [(test, not wanted)])
            if other:
                ways.append((name, [one for one in other if one is not None] or [None]))
    if not ways or frame.n_rows < OTHERS:
        return frame
    number = frame.n_rows // OTHERS
    like = frame.rng.integers(0, frame.n_rows, number)
    columns = {k: np.concatenate([v, v[like]]) for k, v in frame.columns.items()}
    for place in range(number):
        name, other = ways[place % len(ways)]
        at = frame.n_rows + place
        columns[name][at] = other[int(frame.rng.integers(len(other)))]
    return replace(frame, columns=columns, n_rows=frame.n_rows + number)


def _fill(frame: Frame, asked: Asked) -> None:
    """Draw whatever else the study or its dictionary names, and keys of persons."""
    for name in (*keys_in(asked.data), *asked.columns):
        if name in frame.columns or name in asked.derived:
            continue
        if name in keys_in(asked.data):
            frame.columns[name] = keys_of(asked.variables[name], frame.n_rows)
        else:
            frame.draw(name)
    for name in asked.derived:
        frame.columns.pop(name, None)
