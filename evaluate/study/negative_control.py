"""An analysis of an outcome that the programme cannot have changed."""

from __future__ import annotations

import json

from pydantic import ValidationError

from evaluate.design import named_columns
from evaluate.errors import Refused
from evaluate.study.design_rules import Specs
from evaluate.study.lineage import sources
from evaluate.study.plan import Json
from evaluate.study.schema import Study
from evaluate.study.variants import Variant, written

_NO_COVARIATE = (
    "nothing_left_to_adjust_for",
    "the negative control is the only covariate, and the design cannot do without one",
    "name another outcome as a negative control, or add covariates",
)


def negative_control(study: Study, specs: Specs, of: str, outcome: str) -> Variant:
    """Return an analysis of an outcome that the programme cannot have changed.

    What the outcome is, or comes from, is not held constant.

    Parameters
    ----------
    study : Study
        The study.
    specs : mapping of str to (Design, Strict)
        By analysis.
    of : str
        The analysis.
    outcome : str
        Key of the outcome.

    Raises
    ------
    Refused
        ``nothing_left_to_adjust_for`` where the design needs a covariate and has no other.
    """
    declared, (design, fields) = study.analyses[of], specs[of]
    column = study.outcomes[outcome].column or ""
    found = sources(study.data)
    roots = found.get(column, frozenset({column}))
    dropped = tuple(
        dict.fromkeys(
            each
            for _, each, role in named_columns(fields)
            if role in ("covariate", "stratum")
            and (each == column or found.get(each, frozenset({each})) & roots)
        )
    )
    content = _without(written(fields), frozenset(dropped))
    try:
        left = design.spec.model_validate_json(json.dumps(content), strict=True)
    except ValidationError:
        raise Refused(*_NO_COVARIATE) from None
    held = any(role in ("covariate", "stratum") for _, _, role in named_columns(left))
    changed: Json = {
        "outcome": outcome,
        "alternatives": {},
        "negative_controls": (),
        "subgroups": (),
        "dilution": None,
        "adjustment": declared.adjustment if held else None,
    }
    analysis = declared.model_copy(update=changed)
    return Variant(of, outcome, analysis, design, left, dropped=dropped, control=True)


def _without(content: Json, columns: frozenset[str]) -> Json:
    """Return fields without some columns, wherever they are named."""
    found: Json = {}
    for key, one in content.items():
        if isinstance(one, list):
            found[key] = [each for each in one if each not in columns]
        elif isinstance(one, dict):
            found[key] = {name: each for name, each in one.items() if name not in columns}
        elif one not in columns:
            found[key] = one
    return {key: one for key, one in found.items() if one != [] or content[key] == []}
