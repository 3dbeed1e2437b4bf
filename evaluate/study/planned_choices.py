"""Which choices stand in the locked plan as they are made now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluate.design import Design
from evaluate.study.design_rules import Specs
from evaluate.study.lock_file import Lock
from evaluate.study.plan import Json, plan_of
from evaluate.study.planned import planned
from evaluate.study.schema import Study
from evaluate.study.variants import Variant, alternative

_SEEN = "outcomes_seen"
_ASIDE = ("title", "role", "subgroups", "alternatives", "negative_controls", "dilution")


def in_plan(
    study: Study,
    variants: Sequence[Variant],
    locks: Sequence[Lock],
    designs: Mapping[str, Design[Any]] | None = None,
) -> tuple[bool, ...]:
    """Return of each variant whether a plan locked before outcomes were seen has its choices.

    A name is not enough: one whose choices were changed since is not what was planned.

    Parameters
    ----------
    study : Study
        As it is defined now.
    variants : sequence of Variant
        Alternatives, or analyses as declared: those have an empty name.
    locks : sequence of Lock
        The plan and its amendments.
    designs : mapping of str to Design, optional
        Those that analyses may name; all of the package by default.

    Returns
    -------
    tuple of bool
        In the order of the variants.
    """
    plans = [planned(one.plan, study, designs) for one in locks if one.data_access != _SEEN]
    return tuple(
        any(_choices(study, one) == _then(*plan, one, designs) for plan in plans)
        for one in variants
    )


def _then(
    study: Study, specs: Specs, one: Variant, designs: Mapping[str, Design[Any]] | None
) -> Json | None:
    """Return the choices that a plan has under the name of a variant."""
    if one.of not in specs:
        return None
    own = study.analyses[one.of]
    if not one.name:
        return _choices(study, Variant(one.of, "", own, *specs[one.of]))
    if one.name not in own.alternatives:
        return None
    return _choices(study, alternative(own, one.name, one.of, specs[one.of], designs))


def _choices(study: Study, one: Variant) -> Json:
    alone = study.with_analyses({one.of: one.analysis})
    entry = plan_of(alone, {one.of: (one.design, one.spec)})["analyses"][one.of]
    kept = {key: value for key, value in entry.items() if key not in _ASIDE}
    return {**kept, "where": [condition.model_dump(mode="json") for condition in one.where]}
