"""The canonical plan: what a definition decides before any result, in one form and one hash."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from evaluate.core import LANGUAGES
from evaluate.data.definition import Data
from evaluate.economics.definition import Economics
from evaluate.study.design_rules import Specs
from evaluate.study.entries import Analysis, Inquired
from evaluate.study.schema import Outcome, Study

Json = dict[str, Any]
DIGITS = 9
_WHOLE = 1e15  # above it a float no longer holds every whole number
# Where rows lie and how a file is written may be settled later; names of sources may not.
UNPLANNED_DATA = frozenset({"source", "sources", "dummy"})
UNPLANNED_OUTCOME = frozenset({"title"})
# What says where a figure comes from; amounts, years and rates are the parameters.
UNPLANNED_MONEY = frozenset({"title", "source", "status", "note"})
_ROW_BLOCKS = ("costs", "earnings", "benefits", "transfers")
_OF_ACCOUNT = ("currency", "price_year")  # a row repeats the account's, or has its own
_BESIDE = ("organiser", "cofinancing", "fund")  # they follow from no effect


def plan_of(study: Study, specs: Specs) -> Json:
    """Return what a study decides before its results, JSON-ready, in canonical form.

    Not part of it: status, facts, references, prose, programme, intervention, report, titles,
    reasons for deviations, and where files lie and how they are written. Texts stand in the
    study's own language alone, so that a translation is no change of plan. Defaults are
    resolved, absent values are left out, numbers have nine significant digits.

    Parameters
    ----------
    study : Study
        What the definition says.
    specs : mapping of str to (Design, Strict)
        By analysis: the design, and the fields it was given.
    """
    parts: Json = {
        "id": study.id,
        "language": study.language,
        "question": study.question,
        "comparison": _dump(study.comparison),
        "data": _data(study.data),
        "outcomes": {key: _outcome(one) for key, one in study.outcomes.items()},
        "analyses": {key: _analysis(one, key, specs) for key, one in study.analyses.items()},
        "methods": {key: _method(one) for key, one in study.methods.items()} or None,
        "leading": _leading(study),
        "assumptions": None if study.assumptions is None else _dump(study.assumptions),
        "economics": None if study.economics is None else _economics(study.economics),
        "evidence": {"boundary": study.evidence.boundary if study.evidence else "cautious"},
        "disclosure": {"profile": _profile(study)},
    }
    plain: Json = plain_dump({k: v for k, v in parts.items() if v is not None}, study.language)
    return dict(sorted(plain.items()))


def canonical(content: Mapping[str, Any]) -> str:
    """Return JSON of a plan that is the same for every way to write the same definition."""
    return json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def sha256(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of a plan, in hexadecimal."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def headline(study: Study, outcome: str) -> str | None:
    """Return the analysis that stands for an outcome: the first by place in the plan."""
    places = ("primary", "secondary")
    ranked = sorted(
        (places.index(one.role), order, name)
        for order, (name, one) in enumerate(study.analyses.items())
        if one.outcome == outcome and one.role in places
    )
    return ranked[0][2] if ranked else None


def _leading(study: Study) -> Json:
    """Return which analysis answers for each outcome: the order of analyses may decide it."""
    found = {key: headline(study, key) for key in study.outcomes}
    return {key: name for key, name in found.items() if name is not None}


def _dump(model: BaseModel) -> Json:
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def _data(data: Data | None) -> Json | None:
    if data is None:
        return None
    shown = {key: one for key, one in _dump(data).items() if key not in UNPLANNED_DATA}
    for one in shown.get("join", ()):
        one["on"] = [one["on"]] if isinstance(one["on"], str) else one["on"]
    for one in (*shown.get("cohort", {}).get("include", ()),
                *shown.get("cohort", {}).get("exclude", ())):  # fmt: skip
        if "source" not in one:
            one.pop("when", None)  # says when a row of a source counts
    first = data.main_name  # its rows stay
    return {**shown, "sources": [first, *sorted(set(data.tables) - {first})]}


def _outcome(outcome: Outcome) -> Json:
    return {key: one for key, one in _dump(outcome).items() if key not in UNPLANNED_OUTCOME}


def _analysis(analysis: Analysis, name: str, specs: Specs) -> Json:
    """Return an analysis with the defaults of its design filled in."""
    design, spec = specs[name]
    shown = {**_dump(analysis), "design": {design.name: _dump(spec)}}
    names = analysis.inference.std_errors or design.std_errors(spec)[:1]
    shown["inference"] = {**shown["inference"], "std_error": list(names)}
    return shown


def _method(inquired: Inquired) -> Json:
    return {key: one for key, one in _dump(inquired).items() if key != "title"}


def _economics(economics: Economics) -> Json:
    """Return the parameters of an account: what its numbers follow from."""
    whole: Json = _parameters(_dump(economics))
    shown = {key: one for key, one in whole.items() if key not in _BESIDE}
    for block in _ROW_BLOCKS:
        shown[block] = [_row(row, shown) for row in shown.get(block, ())]
    return shown


def _row(row: Json, account: Json) -> Json:
    return {key: one for key, one in row.items() if key not in _OF_ACCOUNT or one != account[key]}


def _parameters(value: Any) -> Any:
    if isinstance(value, dict):
        kept = ((key, one) for key, one in value.items() if key not in UNPLANNED_MONEY)
        return {key: _parameters(one) for key, one in kept}
    return [_parameters(one) for one in value] if isinstance(value, list) else value


def _profile(study: Study) -> str:
    restricted = study.data is not None and study.data.kind == "restricted"
    return study.disclosure.profile or ("nordic_strict" if restricted else "none")


def plain_dump(value: Any, language: str) -> Any:
    """Return JSON-ready values in the one form that they have in a plan.

    Parameters
    ----------
    value : object
        As a model gives it in its JSON form.
    language : str
        Of the texts that are kept, where they are there in several.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    if isinstance(value, dict):
        if value and set(value) <= set(LANGUAGES) and set(map(type, value.values())) == {str}:
            return value.get(language) or next(value[one] for one in LANGUAGES if one in value)
        return {key: plain_dump(value[key], language) for key in sorted(value)}
    if isinstance(value, list):
        return [plain_dump(one, language) for one in value]
    return _number(value) if isinstance(value, float) else value


def _number(value: float) -> int | float:
    """Return a number at nine digits; a whole one is written without decimals."""
    if not math.isfinite(value):
        raise ValueError("a plan holds only finite numbers")
    rounded = float(f"{value:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < _WHOLE else rounded
