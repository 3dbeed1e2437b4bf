"""Dummy data from a study's assumptions, in the files that the study reads, with the truth."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from evaluate.assumptions.backwards import StuckError
from evaluate.assumptions.definition import Assumptions
from evaluate.assumptions.scenario import Scenario, scenario_of
from evaluate.assumptions.written import period_form, write_rows
from evaluate.data.definition import Data
from evaluate.data.dictionary import dictionary_for
from evaluate.data.plan import make_plan
from evaluate.data.variable import Variable
from evaluate.errors import Refused
from evaluate.study.columns import analysis_roles
from evaluate.study.dummy_files import (
    REGISTER,
    Progress,
    entropy,
    require_register_room,
    write_truth,
    write_whole_register,
)
from evaluate.study.dummy_places import (
    FILE,
    FOLDER,
    MAIN,
    MARK,
    TRUTH,
    Places,
    notice,
    places_of,
    problem,
    writing,
)
from evaluate.study.dummy_rows import Asked, Made, make_rows
from evaluate.study.dummy_spec import one_design
from evaluate.study.load import Definition, load


@dataclass(frozen=True, slots=True)
class Simulation:
    """What ``evaluate simulate`` wrote.

    Attributes
    ----------
    files : tuple of Path
        Files with rows.
    truth : Path
        File with what was put in.
    rows : int
        Rows of the main source.
    register : Path or None
        Folder of the whole register, where one is assumed.
    """

    files: tuple[Path, ...]
    truth: Path
    rows: int
    register: Path | None = None


def simulate(
    path: Path,
    *,
    seed: int = 0,
    people: int | None = None,
    out: Path | None = None,
    progress: Progress = lambda _: None,
) -> Simulation:
    """Write dummy rows for a study, with every column that it needs, and the truth beside them.

    The same study, seed and number of people give the same bytes.

    Parameters
    ----------
    path : Path
        A folder with a ``study.yaml``.
    seed : int
        Another one gives other rows.
    people : int, optional
        In place of the number that is assumed; clusters then hold more or fewer.
    out : Path, optional
        Folder to write to, in place of the files that the study names.
    progress : callable
        Told each step.

    Raises
    ------
    StudyError
        If the definition is wrong, assumes too little or the impossible, or dummy rows would
        stand in place of others.
    """
    definition = load(path)
    variables = dictionary_for(definition.folder).variables(definition.folder.resolve().name)
    assumptions = _assumptions(definition)
    data = _in_form(definition.study.data)
    places = places_of(definition, data, out)
    register = _register_folder(definition, out)
    progress("rows")
    scenario = _scenario(definition, assumptions, people)
    made = _made(
        definition,
        data,
        variables,
        scenario,
        np.random.default_rng(entropy(definition.study.id, "simulate", seed)),
    )
    progress("files")
    with writing(definition):
        truth = _write(definition, made, places, variables, (seed, scenario))
        if register is not None:
            write_whole_register(definition, register, seed, people, progress)
    return Simulation(tuple(place for place, _ in places.values()), truth, made.rows, register)


def _register_folder(definition: Definition, out: Path | None) -> Path | None:
    """Return where the whole register goes, nothing where none is assumed."""
    assumed = definition.study.assumptions
    if assumed is None or assumed.register_ is None:
        return None
    folder = (out or definition.folder / FOLDER) / REGISTER
    with writing(definition):
        require_register_room(definition, folder)
    return folder


def _aside(place: Path) -> Path:
    return place.with_name(f".simulated-{os.getpid()}-{place.name}")


def _write(
    definition: Definition,
    made: Made,
    places: Places,
    variables: Mapping[str, Variable],
    drawn: tuple[int, Scenario],
) -> Path:
    """Write all files or none, the truth last: what is half written is not ours any more."""
    data = _in_form(definition.study.data)
    truth = places[data.main_name if data else MAIN][0].parent / TRUTH
    with ExitStack() as left:
        for folder in {place.parent: None for place, _ in places.values()}:
            folder.mkdir(parents=True, exist_ok=True)
            names = [place.name for place, _ in places.values() if place.parent == folder]
            (folder / MARK).write_text(notice(names), encoding="utf-8")
        for place in (*(one for one, _ in places.values()), truth):
            left.callback(_aside(place).unlink, missing_ok=True)
        for name, columns in made.sources.items():
            place, source = places[name]
            write_rows(_aside(place), source, columns, variables)
        written = {name: _aside(place) for name, (place, _) in places.items()}
        write_truth(_aside(truth), definition, made, drawn, written)
        for place in (*(one for one, _ in places.values()), truth):
            _aside(place).replace(place)
    return truth


def _assumptions(definition: Definition) -> Assumptions:
    """Return the assumptions, which must speak of every outcome that an analysis draws."""
    study = definition.study
    if study.assumptions is None or not definition.specs:
        missing = "assumptions" if study.assumptions is None else "analyses"
        raise problem(
            definition, (), f"the study has no `{missing}`",
            "dummy rows are drawn from the assumptions, with the columns of the analyses",
            f"add `{missing}:`",
        )  # fmt: skip
    computed = {one.name for one in study.data.derive} if study.data else set()
    for name, analysis in study.analyses.items():
        column = study.outcomes[analysis.outcome].column
        if analysis.outcome not in study.assumptions.outcomes and column not in computed:
            raise problem(
                definition, ("assumptions", "outcomes"),
                f"nothing is assumed of `{analysis.outcome}`, which `analyses.{name}` uses",
                "its rows could not be drawn",
                f"add `{analysis.outcome}` under `assumptions.outcomes`",
            )  # fmt: skip
    return study.assumptions


def _in_form(data: Data | None) -> Data | None:
    """Return the block that the rows are for: restricted and public data as one dummy table."""
    if data is None or data.kind == "dummy":
        return data
    named = data.dummy or f"{FOLDER}/{FILE}"
    return data.model_copy(update={"dummy": named}).in_dummy_form()


def _scenario(definition: Definition, assumptions: Assumptions, people: int | None) -> Scenario:
    columns = {k: one.column for k, one in definition.study.outcomes.items() if one.column}
    scenario = scenario_of(assumptions, columns)
    if people is None:
        return scenario
    if scenario.size is None:
        return replace(scenario, units=people)
    mean = max(people / scenario.units, 1.0)
    size = scenario.size.model_copy(
        update={"mean": mean, "sd": scenario.size.sd * mean / scenario.size.mean}
    )
    return replace(scenario, size=size)


def _made(
    definition: Definition,
    data: Data | None,
    variables: Mapping[str, Variable],
    scenario: Scenario,
    rng: np.random.Generator,
) -> Made:
    design, spec = one_design(definition)
    needed: dict[str, tuple[str, ...]] = {
        str(one.column): ("outcomes", name)
        for name, one in definition.study.outcomes.items()
        if one.column
    }
    probable = set()
    for name, (_, fields) in definition.specs.items():
        for column, role in analysis_roles(definition.study.analyses[name], fields).items():
            needed.setdefault(column, ("analyses", name))
            if role == "probability":
                probable.add(column)
    forms = {name: period_form(one) for name, one in variables.items() if one.type == "period"}
    shape = data or Data(kind="dummy", source=f"{FOLDER}/{FILE}")
    plan = make_plan(shape, variables, needed, definition.at, forms)
    apart = {column for some in plan.asked.values() for column in some}
    columns = (*plan.columns, *(one for one in plan.promised if one not in apart))
    used = {name: one for name, one in scenario.outcomes.items() if name in variables}
    asked = Asked(data, variables, columns, plan.asked, tuple(sorted(probable)))
    try:
        return make_rows(asked, design, spec, replace(scenario, outcomes=used), rng)
    except StuckError as stuck:
        raise problem(definition, ("assumptions",), "the rows cannot be drawn: " + stuck.why,
                       "every row has to be one that the study would read", stuck.fix) from None  # fmt: skip
    except Refused as refusal:
        raise problem(definition, ("assumptions",), "the rows cannot be drawn",
                       refusal.why, refusal.fix) from None  # fmt: skip
