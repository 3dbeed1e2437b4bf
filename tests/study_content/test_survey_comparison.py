"""The lottery's men beside men of a survey: rows, the benchmark, and what was found."""

from __future__ import annotations

import csv
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from evaluate.core import Estimate
from evaluate.data.dictionary import dictionary_for
from evaluate.findings import read
from evaluate.study.load import load

STUDIES = Path(__file__).parents[2] / "studies"
FOLDER = STUDIES / "supported-work-survey-comparison"
LOTTERY = STUDIES / "supported-work"
CSV = FOLDER / "data" / "nsw_cps.csv"
# Named in the text as near the lottery's answer, and as not near; the measure is its own.
NEAR = ("each_once", "three_neighbours", "mahalanobis", "entropy_squares")
FAR = ("exact", "coarsened", "subclass", "regression", "no_past_earnings", "entropy", "ipw", "aipw")


@cache
def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@cache
def facts() -> dict[str, object]:
    return {fact.id: fact.value for fact in load(FOLDER).study.facts}


@cache
def estimates() -> dict[str, Estimate]:
    """Return the first row of each analysis, and the alternatives of ``main`` by their key."""
    found = [one for one in read(FOLDER / "finding.json").estimates if one.term == "overall"]
    plain = [one for one in found if one.alternative is None]
    first = {one.analysis: one for one in reversed(plain)}  # the plain difference comes after
    return {one.alternative: one for one in found if one.alternative is not None} | first


def test_every_cell_equals_the_package() -> None:
    cps = pytest.importorskip("causaldata.cps_mixtape", reason="test extra not installed")
    nsw = pytest.importorskip("causaldata.nsw_mixtape", reason="test extra not installed")
    men, survey = nsw.load_pandas().data, cps.load_pandas().data
    assert len(rows(CSV)) == 185 + 15_992
    assert set(survey["treat"]) == {0}
    for name in rows(CSV)[0]:
        ours = np.array([float(row[name]) for row in rows(CSV)], dtype=np.float32)
        offered = men.loc[men["treat"] == 1, name]
        theirs = np.concatenate([offered.to_numpy(np.float32), survey[name].to_numpy(np.float32)])
        # The package stores 4-byte floats: equality in that precision is equality of the bits.
        np.testing.assert_array_equal(ours, theirs, err_msg=name)


def test_the_men_offered_are_those_of_the_lottery() -> None:
    lottery = [tuple(one.values()) for one in rows(LOTTERY / "data" / "nsw.csv")]
    ours = [tuple(one.values()) for one in rows(CSV) if one["treat"] == "1"]
    assert list(rows(LOTTERY / "data" / "nsw.csv")[0]) == list(rows(CSV)[0])
    assert sorted(ours) == sorted(one for one in lottery if one[0] == "1")


def test_the_readme_states_the_hashes_of_all_files() -> None:
    readme = (FOLDER / "data" / "README.md").read_text(encoding="utf-8")
    package = pytest.importorskip("causaldata", reason="test extra not installed")
    names = ("nsw_mixtape/nsw_mixtape.dta", "cps_mixtape/cps_mixtape.dta")
    originals = [files(package).joinpath(name).read_bytes() for name in names]
    for content in (CSV.read_bytes(), *originals):
        assert hashlib.sha256(content).hexdigest() in readme


def test_the_licence_of_the_rows_stands_beside_them() -> None:
    text = (FOLDER / "data" / "LICENSE-causaldata.txt").read_text(encoding="utf-8")
    assert "nsw_cps.csv" in text
    assert "MIT License" in text


def test_the_dictionary_describes_every_column_and_derived_column() -> None:
    data = load(FOLDER).study.data
    assert data is not None
    section = dictionary_for(FOLDER).sections[FOLDER.name]
    assert set(section) == {*rows(CSV)[0], *(one.name for one in data.derive)}


def test_the_benchmark_is_the_headline_of_the_study_of_the_lottery() -> None:
    found = read(LOTTERY / "finding.json").estimates
    (head,) = [one for one in found if (one.analysis, one.role) == ("main", "headline")]
    told = [facts()[one] for one in ("lottery", "lottery-low", "lottery-high")]
    assert told == [round(one) for one in (head.estimate, head.conf_low or 0, head.conf_high or 0)]


@pytest.mark.parametrize(
    ("fact", "column", "value"),
    [("lottery-out-of-work", "re75", 0), ("lottery-no-degree", "nodegree", 1)],
)
def test_what_the_lottery_says_of_some_men_follows_from_its_rows(
    fact: str, column: str, value: float
) -> None:
    some = [one for one in rows(LOTTERY / "data" / "nsw.csv") if float(one[column]) == value]
    offered, others = (
        np.mean([float(one["re78"]) for one in some if one["treat"] == arm]) for arm in "10"
    )
    assert round(float(offered - others)) == facts()[fact]


def test_the_estimates_are_those_of_other_programs() -> None:
    """Naive difference and OLS by R's lm; entropy by R's ebal, which stops at 1e-6 or so."""
    found = read(FOLDER / "finding.json").estimates
    naive = [one for one in found if one.analysis == "main" and "difference in" in one.method]
    assert naive[0].estimate == pytest.approx(-8497.516142637, rel=1e-6)
    assert estimates()["regression"].estimate == pytest.approx(699.131776244817, rel=1e-6)
    assert estimates()["balanced"].estimate == pytest.approx(1270.73484628526, rel=1e-6)


def test_the_text_calls_near_and_far_what_is() -> None:
    loaded = load(FOLDER).study
    worth = loaded.outcomes["earnings"].smallest_worthwhile
    assert worth == load(LOTTERY).study.outcomes["earnings"].smallest_worthwhile
    away = {name: abs(one.estimate - 1794.34) for name, one in estimates().items()}
    assert worth is not None
    assert all(away[name] <= worth for name in ("main", *NEAR))
    assert all(away[name] > worth for name in ("balanced", *FAR))
    assert estimates()["subclass"].estimate < 0
    assert min(estimates().values(), key=lambda one: one.estimate).estimate == pytest.approx(
        estimates()["without_past"].estimate
    )
    told = {name: float(str(facts()[f"lottery-{name}"])) for name in ("out-of-work", "no-degree")}
    ratios = (
        estimates()["out_of_work"].estimate / told["out-of-work"],
        estimates()["no_degree"].estimate / told["no-degree"],
    )
    assert ratios == (pytest.approx(2, abs=0.1), pytest.approx(1 / 3, abs=0.05))


def test_the_checks_warn_as_the_text_says() -> None:
    finding = read(FOLDER / "finding.json")
    results = {(one.analysis, one.name): one.result for one in finding.checks}
    assert results["main", "balance"] == "failed"
    assert results["balanced", "balance"] == "passed"
    analyses = ("main", "balanced", "regression", "without_past")
    assert {results[name, "negative_controls"] for name in analyses} == {"failed"}
    (verdict,) = finding.verdicts
    assert verdict.rung == 3
    tables = {one.id: one for one in finding.tables}
    (control,) = tables["main.negative_controls"].rows
    assert float(control["conf_high"] or 0) < 0  # the men offered had earned less
