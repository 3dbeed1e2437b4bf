"""``plan/diagnosis.json``: what simulated studies said, and whether it is still of this study."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from evaluate import __version__
from evaluate.assumptions.scenario import Scenario, alternative_of, scenario_of
from evaluate.core import Estimand, Settings, Table
from evaluate.diagnosis.diagnose import MAIN, Diagnosis
from evaluate.diagnosis.draws import Question
from evaluate.diagnosis.tables import table_of, tables
from evaluate.findings.form import rounded, seal
from evaluate.findings.provenance import digest
from evaluate.inference.stream import stream
from evaluate.study.load import Definition
from evaluate.study.plan import plan_of

SCHEMA = 1
FILE = Path("plan") / "diagnosis.json"
MAX_BYTES = 20_000_000
State = Literal["simulated", "not simulated", "out of date", "changed by hand"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a study may quote of its diagnosis.

    Attributes
    ----------
    tables : tuple of Table
        Of the analyses whose diagnosis is theirs still.
    states : mapping of str to str
        By analysis: ``"simulated"``, or why there is nothing to quote: ``"not simulated"``,
        ``"out of date"`` when what it depends on was changed since, ``"changed by hand"``.
    """

    tables: tuple[Table, ...]
    states: Mapping[str, State]


def diagnosable(definition: Definition) -> tuple[str, ...]:
    """Return the analyses whose outcome something is assumed of, in order."""
    study = definition.study
    assumed = study.assumptions.outcomes if study.assumptions else {}
    return tuple(name for name in definition.specs if study.analyses[name].outcome in assumed)


def questions_of(definition: Definition, name: str) -> dict[str, Question]:
    """Return what is asked of simulated studies, as planned under ``"main"`` and otherwise.

    Parameters
    ----------
    definition : Definition
        A study with assumptions.
    name : str
        One of ``diagnosable``.
    """
    study, (design, spec) = definition.study, definition.specs[name]
    analysis, assumptions = study.analyses[name], study.assumptions
    outcome = study.outcomes[analysis.outcome]
    column = outcome.column or analysis.outcome
    if assumptions is None:
        return {}
    settings = Settings(
        adjustment=analysis.adjustment,
        std_errors=analysis.inference.std_errors,
        conf_level=analysis.inference.conf_level,
        draws=analysis.inference.draws,
        probability=analysis.assignment.probability if analysis.assignment else None,
    )
    scenario = scenario_of(assumptions, {analysis.outcome: column})
    estimand = Estimand(analysis.estimand, column, outcome.unit)
    main = Question(design, spec, scenario, estimand, settings)
    first = next((key for key, one in study.outcomes.items() if one.role == "primary"), None)
    primary = column if analysis.outcome == first else ""
    others: dict[str, Scenario] = {
        key: alternative_of(scenario, one, primary) for key, one in assumptions.alternatives.items()
    }
    return {MAIN: main} | {key: replace(main, scenario=one) for key, one in others.items()}


def name_of(definition: Definition, name: str) -> tuple[str, ...]:
    """Return the name of an analysis's random stream, in words."""
    return definition.study.id, name, "diagnosis"


def fits(definition: Definition, name: str) -> str:
    """Return the hash of all that an analysis's diagnosis depends on.

    Parameters
    ----------
    definition : Definition
        The study.
    name : str
        One of ``diagnosable``.
    """
    study = definition.study
    analysis = study.analyses[name]
    outcome = study.outcomes[analysis.outcome]
    plan = plan_of(study, definition.specs)  # with defaults written out, as a lock holds it
    own, assumed = plan["analyses"][name], dict(plan.get("assumptions", {}))
    assumed["outcomes"] = {
        key: one for key, one in assumed.get("outcomes", {}).items() if key == analysis.outcome
    }
    asked = ("design", "estimand", "adjustment", "inference", "assignment")
    parts = {
        "schema": SCHEMA,
        "software": __version__,
        "stream": name_of(definition, name),
        "analysis": {key: own[key] for key in asked if key in own},
        "outcome": [analysis.outcome, outcome.column, outcome.unit, outcome.role],
        "assumptions": assumed,
    }
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + digest([text.encode()])


def content_of(definition: Definition, found: Mapping[str, Diagnosis]) -> Json:
    """Return the content of ``plan/diagnosis.json``, sealed.

    Parameters
    ----------
    definition : Definition
        The study.
    found : mapping of str to Diagnosis
        By analysis.
    """
    study = definition.study
    every = [
        one
        for name, each in found.items()
        for outcome in (study.analyses[name].outcome,)
        for one in tables(each, name, outcome, study.outcomes[outcome].unit)
    ]
    content = {
        "schema": SCHEMA,
        "id": study.id,
        "software": f"evaluate {__version__}",
        "analyses": {name: _analysis(definition, name, each) for name, each in found.items()},
        "tables": [
            {"id": one.id, "analysis": one.analysis, "kind": one.kind, "rows": one.rows}
            for one in every
        ],
    }
    content = rounded(content)
    return {**content, "seal": seal(content)}


def _analysis(definition: Definition, name: str, found: Diagnosis) -> Json:
    words = name_of(definition, name)
    return {
        "fits": fits(definition, name),
        "outcome": definition.study.analyses[name].outcome,
        "stream": list(words),
        "entropy": [str(one) for one in stream(*words)],
        "draws": found.draws,
        "curve_draws": found.curve_draws,
        "randomisation_draws": found.randomisation_draws,
        "refused": dict(found.refused),
    }


def quoted(definition: Definition) -> Quoted:
    """Return the tables of a study's diagnosis that fit it as it is defined now.

    Parameters
    ----------
    definition : Definition
        The study; its folder may hold ``plan/diagnosis.json``.
    """
    names = diagnosable(definition)
    content = _read(definition.folder / FILE)
    if content is None:
        return Quoted((), dict.fromkeys(names, "not simulated"))
    try:
        return _quoted(definition, content, names)
    except (AttributeError, KeyError, TypeError, ValueError):  # of no shape that we wrote
        return Quoted((), dict.fromkeys(names, "changed by hand"))


def _quoted(definition: Definition, content: Json, names: Sequence[str]) -> Quoted:
    if content.get("seal") != seal(content):
        return Quoted((), dict.fromkeys(names, "changed by hand"))
    if content["schema"] != SCHEMA:
        return Quoted((), dict.fromkeys(names, "out of date"))
    known = content["analyses"]
    states: dict[str, State] = {}
    for name in names:
        own = known.get(name)
        fit = own is not None and own["fits"] == fits(definition, name)
        states[name] = "simulated" if fit else "out of date" if own else "not simulated"
    study = definition.study
    return Quoted(
        tuple(
            table_of(
                one["kind"],
                one["rows"],
                one["analysis"],
                study.outcomes[study.analyses[one["analysis"]].outcome].unit,
            )
            for one in content["tables"]
            if states.get(one["analysis"]) == "simulated"
        ),
        states,
    )


def _read(file: Path) -> Json | None:
    """Return what the file holds; what is no JSON object was changed by hand."""
    try:
        with file.open("rb") as stream_:
            content = json.loads(stream_.read(MAX_BYTES))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
