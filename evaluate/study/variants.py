"""An analysis with other choices: its declared alternatives, and its negative controls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from evaluate.core import Strict
from evaluate.data.rules import Condition
from evaluate.design import Design, all_designs
from evaluate.study.design_rules import Specs
from evaluate.study.entries import Analysis, Inference, OtherChoices
from evaluate.study.schema import Study

Json = dict[str, Any]
Designs = Mapping[str, Design[Any]]
# What another design, or another method of one, takes over: columns that mean the same there.
_TAKEN_OVER = frozenset(
    (
        *("treated", "covariates", "cluster", "weights", "weights_kind", "strata", "unit"),
        *("post", "time", "first_treated"),
    )
)
_MEANS = ("method", "estimator")  # fields that name another way to compute


@dataclass(frozen=True, slots=True)
class Variant:
    """An analysis with other choices.

    Attributes
    ----------
    of : str
        The analysis as it was declared.
    name : str
        Key under ``alternatives``, or of the outcome that is a negative control.
    analysis : Analysis
        With all choices made.
    design : Design
        What computes it.
    spec : Strict
        Its fields.
    where : tuple of Condition
        Rows that are used, of those of the study.
    dropped : tuple of str
        Covariates that were left out, since the outcome is one of them or comes from it.
    control : bool
        Whether it is a negative control.
    """

    of: str
    name: str
    analysis: Analysis
    design: Design[Any]
    spec: Strict
    where: tuple[Condition, ...] = ()
    dropped: tuple[str, ...] = ()
    control: bool = False

    @property
    def key(self) -> str:
        """Return its name in full, as in refusals."""
        return f"{self.of}/{self.name}"


def alternatives(study: Study, specs: Specs, designs: Designs | None = None) -> list[Variant]:
    """Return every declared alternative of every analysis, in the order of the file.

    Parameters
    ----------
    study : Study
        The study.
    specs : mapping of str to (Design, Strict)
        By analysis.
    designs : mapping of str to Design, optional
        Those that alternatives may name; all of the package by default.

    Raises
    ------
    KeyError, ValidationError
        If one does not hold together; loading a study refuses it first.
    """
    return [
        alternative(study.analyses[of], name, of, specs[of], designs)
        for of in specs
        for name in study.analyses[of].alternatives
    ]


def alternative(
    declared: Analysis,
    name: str,
    of: str,
    spec: tuple[Design[Any], Strict],
    designs: Designs | None = None,
) -> Variant:
    """Return one alternative of an analysis.

    Parameters
    ----------
    declared : Analysis
        As it was declared.
    name, of : str
        Key of the alternative and of the analysis.
    spec : (Design, Strict)
        The declared design and its fields.
    designs : mapping of str to Design, optional
        Those that it may name.

    Raises
    ------
    KeyError
        If its design is not known.
    ValidationError
        If the design's fields do not hold together.
    """
    one = declared.alternatives[name]
    chosen, content = merged(one, spec, designs)
    other = content != written(spec[1]) or chosen != spec[0].name
    design = spec[0] if chosen == spec[0].name else _known(designs)[chosen]
    fields = design.spec.model_validate_json(json.dumps(content), strict=True)
    afresh = _elsewise(one, spec)
    changed: Json = {
        "alternatives": {},
        "negative_controls": (),
        "subgroups": (),
        "dilution": None,
        "design": {chosen: content if other else declared.design[chosen]},
        "inference": _inference(declared, one, afresh=afresh),
        "adjustment": one.adjustment or (None if afresh else declared.adjustment),
    }
    for key in ("estimand", "missing"):
        if getattr(one, key) is not None:
            changed[key] = getattr(one, key)
    return Variant(of, name, declared.model_copy(update=changed), design, fields, one.where)


def merged(
    one: OtherChoices, spec: tuple[Design[Any], Strict], designs: Designs | None = None
) -> tuple[str, Json]:
    """Return the design of an alternative and its fields, those that differ on top.

    Parameters
    ----------
    one : OtherChoices
        What differs.
    spec : (Design, Strict)
        The declared design and its fields.
    designs : mapping of str to Design, optional
        Those that it may name.
    """
    design, fields = spec
    declared = written(fields)
    if one.design is None:
        return design.name, declared
    ((chosen, given),) = one.design.items()
    if _elsewise(one, spec):
        declared = {key: each for key, each in declared.items() if key in _TAKEN_OVER}
        if chosen != design.name:
            known = _known(designs).get(chosen)
            own = known.spec.model_fields if known is not None else {}
            declared = {key: each for key, each in declared.items() if key in own}
    return chosen, _deep(declared, given)


def _elsewise(one: OtherChoices, spec: tuple[Design[Any], Strict]) -> bool:
    """Return whether an alternative has another design, or another method of the same."""
    if one.design is None:
        return False
    ((chosen, given),) = one.design.items()
    own = spec[1]
    other = (each for each in _MEANS if each in given and given[each] != getattr(own, each, None))
    return chosen != spec[0].name or any(other)


def _inference(declared: Analysis, one: OtherChoices, *, afresh: bool) -> Inference:
    """Return how uncertainty is computed; another design has standard errors of its own."""
    if one.inference is not None:
        return declared.inference.model_copy(update={"std_error": one.inference.std_error})
    return declared.inference.model_copy(update={"std_error": None} if afresh else {})


def written(fields: Strict) -> Json:
    """Return fields as they were written, without defaults."""
    return fields.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _deep(declared: Json, given: Json) -> Json:
    found = dict(declared)
    for key, one in given.items():
        below = found.get(key)
        both = isinstance(below, dict) and isinstance(one, dict)
        found[key] = _deep(below, one) if both and isinstance(below, dict) else one
    return found


def _known(designs: Designs | None) -> Designs:
    return all_designs() if designs is None else designs


def about_whom(own: Variant, other: Variant) -> Variant | None:
    """Return an analysis as declared, about those whom an alternative is about.

    Estimand and weights are the alternative's, all else is as declared.

    Parameters
    ----------
    own, other : Variant
        The analysis as declared, and its alternative.

    Returns
    -------
    Variant or None
        The declared one itself where both are about the same; ``None`` where its design cannot
        be about them.
    """
    estimand = other.analysis.estimand
    content, weights = written(own.spec), getattr(other.spec, "weights", None)
    if (estimand, weights) == (own.analysis.estimand, getattr(own.spec, "weights", None)):
        return own
    if estimand not in own.design.estimands or "LATE" in (estimand, own.analysis.estimand):
        return None
    if "weights" in type(own.spec).model_fields:
        kinds = {"weights_kind": getattr(other.spec, "weights_kind", None), "weights": weights}
        content = {key: one for key, one in content.items() if key not in kinds}
        content |= {
            key: one
            for key, one in kinds.items()
            if one is not None and weights is not None and key in type(own.spec).model_fields
        }
    elif weights is not None:
        return None
    try:
        spec = own.design.spec.model_validate_json(json.dumps(content), strict=True)
    except ValidationError:
        return None
    analysis = own.analysis.model_copy(update={"estimand": estimand})
    return replace(own, analysis=analysis, spec=spec)
