"""Rules of the block ``evidence:`` that need the rest of the study."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evaluate.data.status import LEAVING_WHY
from evaluate.study.design_rules import Broken, Rule, Specs
from evaluate.study.schema import Study
from evaluate.study.words import dotted

# Names under which somebody who left school might be counted as lost.
_LEFT = re.compile(
    r"(drop(ped|ping)?_?outs?|left(_(school|education|early|programme))?|(early_|school_)?leavers?"
    r"|quit(_school)?|discontinued|stopped(_school)?|sluttet|frafall|avbrudd|avbrott|avhopp)"
)
_FIX = (
    "delete it and keep these people in the data; attrition is people who were assigned and have"
    " no outcome record, such as `moved_abroad` or `refused`"
)


def _left_is_no_loss(study: Study, _: Specs) -> Iterator[Broken]:
    if study.evidence is None:
        return
    outcomes = {*study.outcomes, *(one.column for one in study.outcomes.values())}
    for name in study.evidence.attrition:
        key = ("evidence", "attrition", name)
        if name in outcomes:
            found = f"the outcome `{name}`"
        elif _LEFT.fullmatch(name):
            found = "leaving"
        else:
            continue
        what = f"`{dotted(key)}` gives {found} as a reason for having no outcome"
        yield key, f"{what}: it is an outcome, not attrition", LEAVING_WHY, _FIX


EVIDENCE_RULES: tuple[Rule, ...] = (_left_is_no_loss,)
