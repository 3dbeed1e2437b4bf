"""The choices of alternatives in words: defaults as they are, dashes where there is no choice."""

from __future__ import annotations

from typing import Any

from evaluate.core import Strict
from evaluate.design import Design
from evaluate.designs.adjusted import DESIGN as ADJUSTED
from evaluate.designs.adjusted import Adjusted
from evaluate.designs.matching import DESIGN as MATCHING
from evaluate.designs.matching import Matching
from evaluate.study.entries import Analysis
from evaluate.study.schema import Study
from evaluate.study.variant_choices import choices
from evaluate.study.variants import Variant


def told(*others: tuple[str, Design[Any], Strict]) -> dict[str, dict[str, Any]]:
    """Return the choices of matching on two columns, and of others beside it."""
    own = Analysis.model_validate({"outcome": "y", "estimand": "ATT", "design": {"matching": {}}})
    study = Study.model_construct(analyses={"main": own})
    declared = Matching(treated="t", covariates=("a", "b"))
    variants = [Variant("main", name, own, design, spec) for name, design, spec in others]
    return choices(study, {"main": (MATCHING, declared)}, "main", variants)


def test_what_nobody_wrote_is_told_by_its_default_beside_what_differs() -> None:
    more = Matching(treated="t", covariates=("a", "b"), ratio=3, replace=False)
    found = told(("more", MATCHING, more))
    assert found[""] == {"std_error": "Abadie-Imbens", "ratio": "1", "replace": "yes"}
    assert found["more"] == {"std_error": "matched sets", "ratio": "3", "replace": "no"}


def test_a_method_has_no_choice_that_belongs_to_another() -> None:
    cells = Matching(treated="t", covariates=("a", "b"), method="coarsened", bins={"a": (1.0, 2.5)})
    found = told(("cells", MATCHING, cells))
    assert found[""]["method"] == "nearest"
    assert found[""]["bins"] == "–"
    assert found["cells"]["bins"] == "a 1, 2.5"
    assert "ratio" not in found[""]  # nobody chose one
    assert "exact" not in found[""]


def test_another_design_has_choices_of_its_own() -> None:
    line = Adjusted(treated="t", covariates=("a", "b"))
    twice = Matching(treated="t", covariates=("a", "b"), ratio=2)
    found = told(("line", ADJUSTED, line), ("twice", MATCHING, twice))
    assert {name: one["ratio"] for name, one in found.items()} == {
        "": "1", "line": "–", "twice": "2",
    }  # fmt: skip
    assert found["line"]["design"] == "adjusted"
    assert "covariates" not in found["line"]
