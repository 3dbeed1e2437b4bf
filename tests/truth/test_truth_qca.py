"""Lipset's data on inter-war democracies: what R ``QCA`` 3.23 gives, and the book on it."""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from evaluate.inference.qca_analysis import Fitted, Sets, fitted, solutions
from evaluate.inference.qca_calibration import direct, linear
from evaluate.inference.qca_solutions import Solution
from evaluate.inference.qca_truth_table import Cuts

pytestmark = pytest.mark.truth
FOLDER = Path(os.environ.get("EVALUATE_TRUTH", ""))
NAMES = ("DEV", "URB", "LIT", "IND", "STB")
ALL_HELP = {place: frozenset({1}) for place in range(len(NAMES))}


@cache
def case(name: str) -> dict[str, Any]:
    found = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))
    rows = found if isinstance(found, list) else found["cases"]
    return next(one for one in rows if one["id"] == name)


def expected(name: str, value: str) -> Any:
    one = case(name)["expected"][value]
    return pytest.approx(one["value"], **{key: float(tol) for key, tol in one["tol"].items()})


def columns(file: str) -> dict[str, NDArray[np.float64]]:
    with (FOLDER / "data" / file).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {name: np.array([float(row[name]) for row in rows]) for name in (*NAMES, "SURV")}


def sets(file: str) -> Sets:
    data = columns(file)
    return Sets(
        NAMES,
        np.column_stack([data[name] for name in NAMES]),
        data["SURV"],
        np.ones(len(NAMES), dtype=bool),
        (2,) * len(NAMES),
    )


def solved(cases: Sets, cut: float) -> dict[str, Solution]:
    return solutions(cases.table(Cuts(cut, cut, 0, 1)), ALL_HELP)


def only(cases: Sets, solution: Solution) -> dict[str, Fitted]:
    assert solution.is_complete
    assert len(solution.models) == 1
    return {"all" if one.is_whole else one.term: one for one in fitted(cases, solution.models)}


def fit(one: Fitted) -> list[float | None]:
    return [one.fit.consistency, one.fit.pri, one.fit.coverage]


def test_fuzzy_sets() -> None:
    cases = sets("qca_lipset_LF.csv")
    found = solved(cases, case("qca_LF")["fields"]["incl_cut"])
    terms = {
        "complex": ("DEV*URB*LIT*IND*STB", "DEV*~URB*LIT*~IND*STB"),
        "pars": ("DEV*~IND", "URB*STB"),
        "int": ("DEV*URB*LIT*STB", "DEV*LIT*~IND*STB"),
    }
    kinds = {"complex": "conservative", "pars": "parsimonious", "int": "intermediate"}
    for short, kind in kinds.items():
        fits = only(cases, found[kind])
        assert set(fits) == {"all", *terms[short]}
        assert fit(fits["all"]) == expected("qca_LF", f"{short}_sol")
        for place, term in enumerate(terms[short], start=1):
            assert fit(fits[term]) == expected("qca_LF", f"{short}_t{place}"), term
    fits = only(cases, found["parsimonious"])
    for place, term in enumerate(terms["pars"], start=1):
        assert fits[term].fit.unique == expected("qca_LF", f"pars_covU_t{place}")


def test_fuzzy_sets_at_a_lower_cut_as_the_notes_have_it() -> None:
    cases = sets("qca_lipset_LF.csv")
    found = solved(cases, 0.7)
    told = {
        "conservative": ("DEV*LIT*IND*STB + DEV*~URB*LIT*STB", (0.871, 0.851, 0.818)),
        "parsimonious": ("DEV*STB", (0.869, 0.848, 0.824)),
        "intermediate": ("DEV*LIT*STB", (0.869, 0.848, 0.824)),
    }
    for kind, (words, fits) in told.items():
        assert cases.sentence(found[kind].models[0]) == words
        assert fit(only(cases, found[kind])["all"]) == pytest.approx(fits, abs=5e-4)


def test_crisp_sets_and_the_negated_outcome() -> None:
    cases = sets("qca_lipset_LC.csv")
    found = solved(cases, case("qca_LC")["fields"]["incl_cut"])
    words = {kind: cases.sentence(one.models[0]) for kind, one in found.items()}
    assert words == {
        "conservative": "DEV*LIT*IND*STB + DEV*~URB*LIT*STB",
        "intermediate": "DEV*LIT*STB",
        "parsimonious": "DEV*STB",
    }
    fits = only(cases, found["conservative"])
    terms = ("DEV*~URB*LIT*STB", "DEV*LIT*IND*STB")
    assert [fits[one].fit.coverage for one in terms] == expected("qca_LC", "complex_covS")
    assert [fits[one].fit.unique for one in terms] == expected("qca_LC", "complex_covU")
    assert fit(fits["all"]) == [1, 1, 1]
    other = cases.negated()
    fits = only(other, solved(other, 1)["conservative"])
    terms = ("~DEV*~URB*~IND", "DEV*LIT*IND*~STB")
    assert [fits[one].fit.coverage for one in terms] == expected("qca_LC", "neg_complex_covS")


def test_calibration() -> None:
    raw = columns("qca_lipset_LR.csv")["DEV"]
    anchors = (400.0, 550.0, 900.0)
    assert direct(raw, anchors).tolist() == expected("qca_calib", "dev_logistic")
    assert linear(raw, anchors).tolist() == expected("qca_calib", "dev_linear")
