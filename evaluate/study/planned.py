"""A locked plan as a study again: what would be computed had nothing been changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from evaluate.assumptions.definition import Assumptions
from evaluate.data.definition import Data
from evaluate.design import Design, all_designs
from evaluate.economics.definition import Economics
from evaluate.evidence.definition import Evidence
from evaluate.study.design_rules import Specs
from evaluate.study.entries import Analysis, Inquired
from evaluate.study.plan import Json
from evaluate.study.schema import Comparison, Disclosure, Outcome, Study

M = TypeVar("M", bound=BaseModel)
_SOURCED = {"status": "illustrative", "note": "-"}  # the account is not part of what is run


def planned(
    plan: Json, study: Study, designs: Mapping[str, Design[Any]] | None = None
) -> tuple[Study, Specs]:
    """Return the study that a canonical plan describes, and its analyses' designs.

    Blocks that are no part of a plan are taken from the study. Sources lie nowhere yet.

    Parameters
    ----------
    plan : dict
        As ``plan_of`` returns it.
    study : Study
        What the definition says now.
    designs : mapping of str to Design, optional
        The designs that analyses may name; all of the package by default.

    Raises
    ------
    ValueError, KeyError, TypeError
        If this version of the format has no place for it.
    """
    analyses = {key: _read(Analysis, one) for key, one in _ordered(plan).items()}
    methods = {key: _read(Inquired, one) for key, one in plan.get("methods", {}).items()}
    blocks = {
        "data": _optional(Data, _data(plan.get("data"))),
        "assumptions": _optional(Assumptions, plan.get("assumptions")),
        "economics": _optional(Economics, _economics(plan.get("economics"))),
        "evidence": _read(Evidence, {**plan["evidence"], "boundary_reason": "-"}),
    }
    changed = {
        "language": plan["language"],
        "question": plan["question"],
        "comparison": _read(Comparison, plan["comparison"]),
        "outcomes": {key: _read(Outcome, one) for key, one in plan["outcomes"].items()},
        "entries": {**analyses, **methods},
        "disclosure": _read(Disclosure, plan["disclosure"]),
    }
    known = designs if designs is not None else all_designs() if analyses else {}
    specs = {
        key: (known[one.method], _read(known[one.method].spec, one.design[one.method]))
        for key, one in analyses.items()
    }
    return study.model_copy(update={**changed, **blocks}), specs


def _read(model: type[M], content: Any) -> M:
    return model.model_validate_json(json.dumps(content), strict=True)


def _optional(model: type[M], content: Any) -> M | None:
    return None if content is None else _read(model, content)


def _ordered(plan: Json) -> Json:
    """Return the analyses, first those that lead an outcome: their order decides it."""
    leading = set(plan["leading"].values())
    names = sorted(plan["analyses"], key=lambda one: (one not in leading, one))
    return {name: plan["analyses"][name] for name in names}


def _data(content: Json | None) -> Json | None:
    if content is None:
        return None
    nowhere = {name: {"path": f"{name}.csv"} for name in content["sources"]}
    return {**content, "sources": nowhere}


def _economics(content: Json | None) -> Json | None:
    """Return an account with words where its sources stood."""
    if content is None:
        return None
    filled: Json = {
        **content,
        "payers": {key: {"title": "-", **one} for key, one in content["payers"].items()},
        **{
            block: [{**_SOURCED, **row} for row in content[block]]
            for block in ("costs", "earnings", "benefits", "transfers", "correlations")
            if block in content
        },
    }
    if "alternatives" in content:
        filled["alternatives"] = {
            key: {"title": "-", **_SOURCED, **one} for key, one in content["alternatives"].items()
        }
    if "effects" in content:
        filled["effects"] = {k: _sourced(one, "assumed") for k, one in content["effects"].items()}
    if "scenarios" in content:
        filled["scenarios"] = {
            key: {"title": "-", **_sourced(one, "schedule")}
            for key, one in content["scenarios"].items()
        }
    return _sourced(filled, "schedule", "public_funds")


def _sourced(content: Json, *keys: str) -> Json:
    """Return content with words where the sources of some of its blocks stood."""
    blocks = {key: content[key] for key in keys if isinstance(content.get(key), dict)}
    return {**content, **{key: {**_SOURCED, **one} for key, one in blocks.items()}}
