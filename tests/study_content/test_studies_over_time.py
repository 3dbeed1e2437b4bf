"""The three studies over time: what was put into their rows, what comes out, what nulls exclude."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from evaluate.evidence.dilution import per_unit
from evaluate.evidence.published import published_table
from evaluate.findings import read
from evaluate.study.load import load
from evaluate.study.schema import Study

STUDIES = Path(__file__).parents[2] / "studies"
FILES = {
    "plug-in": ("municipalities", "municipality", "plugin_from", "completion_share"),
    "nav-counsellor-pilots": ("schools", "school", "counsellor_from", "staying_share"),
    "absence-limit-2016": ("schools", "school", "limit_from", "absence_index"),
}


@cache
def study(slug: str) -> Study:
    return load(STUDIES / slug).study


@cache
def panel(slug: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return first treated years, years, and the outcome by unit and year."""
    file, unit, start, outcome = FILES[slug]
    with (STUDIES / slug / "data" / f"{file}.csv").open(encoding="utf-8") as rows:
        found = list(csv.DictReader(rows))
    years = sorted({int(one["year"]) for one in found})
    firsts = {one[unit]: int(one[start]) for one in found}
    units = sorted(firsts)
    paths = np.full((len(units), len(years)), np.nan)
    for one in found:
        paths[units.index(one[unit]), years.index(int(one["year"]))] = float(one[outcome])
    assert len(found) == paths.size
    assert not np.isnan(paths).any()
    return np.array([firsts[one] for one in units]), np.array(years), paths


@pytest.mark.parametrize("slug", FILES)
def test_the_rows_are_dummy_and_the_truth_stands_beside(slug: str) -> None:
    loaded = study(slug)
    assert loaded.data is not None
    assert loaded.data.kind == "dummy"
    truth = json.loads((STUDIES / slug / "data" / "truth.json").read_text(encoding="utf-8"))
    (outcome,) = truth["outcomes"]
    assert loaded.assumptions is not None
    assert truth["outcomes"][outcome]["effect"] == loaded.assumptions.outcomes[outcome].effect
    assert truth["assumptions"] == loaded.assumptions.model_dump(mode="json", by_alias=True)
    assert "invented" in (STUDIES / slug / "data" / "DUMMY.md").read_text(encoding="utf-8")
    with (STUDIES / slug / "data" / f"{FILES[slug][0]}.csv").open(encoding="utf-8") as rows:
        assert all(one[FILES[slug][1]].startswith("dummy-") for one in csv.DictReader(rows))


def test_plug_in_is_rolled_out_over_47_of_290_municipalities() -> None:
    starts, years, paths = panel("plug-in")
    assert (len(starts), int((starts > 0).sum())) == (290, 47)
    assert sorted(set(starts.tolist())) == [0, 2012, 2013, 2014, 2015]
    assert (years[0], years[-1]) == (2008, 2017)
    # What municipalities change by themselves, over one to four years: 2 to 4 points.
    never = paths[starts == 0]
    spreads = [float((never[:, gap:] - never[:, :-gap]).std()) for gap in (1, 2, 3, 4)]
    assert all(0.02 <= one <= 0.042 for one in spreads)


def test_plug_in_cannot_find_what_is_worth_having() -> None:
    """2–4 % take part: 1.25 points on each are at most 0.05 in all, 0.9 points is the least."""
    loaded = study("plug-in")
    dilution = loaded.analyses["main"].dilution
    assert dilution is not None
    assert dilution.shares == (0.02, 0.04)
    assert dilution.smallest_worthwhile == 0.0125  # 15 000 SEK against 1.2 million
    assert per_unit(0.0125, 0.04) == pytest.approx(
        loaded.outcomes["completion"].smallest_worthwhile, rel=1e-12
    )
    table = published_table(loaded.published, {"dropout": ("decrease", 0.0005)})
    assert table is not None
    assert [round(100 * float(one["detectable"] or 0), 1) for one in table.rows] == [0.9, 1.3, 1.8]
    assert {one["reading"] for one in table.rows} == {"not detectable"}
    (verdict,) = read(STUDIES / "plug-in" / "finding.json").verdicts
    assert verdict.verdict == "not detectable"
    assert (verdict.detectable or 0) > 10 * 0.0005


def test_the_break_even_of_plug_in_lies_between_its_two_figures() -> None:
    """160 million over 10 700 against 1.2 to 1.5 million: 1.0 to 1.25 points on a participant."""
    economics = study("plug-in").economics
    assert economics is not None
    assert all(one.analysis is None for one in economics.valued.values())  # rows are invented
    each = 160e6 / 10_700
    tables = {one.id: one for one in read(STUDIES / "plug-in" / "finding.json").tables}
    society = next(one for one in tables["economics.break_even"].rows if one["payer"] == "society")
    assert float(society["effect"] or 0) == pytest.approx(each / 1.35e6, rel=1e-6)
    assert each / 1.5e6 < float(society["effect"] or 0) < each / 1.2e6


def test_few_pilot_schools_are_judged_by_their_dates() -> None:
    starts, _, _ = panel("nav-counsellor-pilots")
    assert (len(starts), int((starts > 0).sum())) == (60, 8)
    finding = read(STUDIES / "nav-counsellor-pilots" / "finding.json")
    head = next(one for one in finding.estimates if one.role == "headline")
    assert head.interval_method == "randomisation over roll-out dates"
    assert head.conf_low < 0 < head.conf_high


def test_only_the_null_with_a_limit_rules_something_out() -> None:
    loaded = study("nav-counsellor-pilots")
    wanted = {key: (one.direction, one.smallest_worthwhile) for key, one in loaded.outcomes.items()}
    table = published_table(loaded.published, wanted)
    assert table is not None
    assert {one["id"]: one["reading"] for one in table.rows} == {
        "counsellor-staying": "cannot be said",
        "counsellor-inactive": "cannot be said",
        "counsellor-afi": "cannot be said",
        "ny-giv": "ruled out",
    }


def test_the_plain_change_overstates_and_the_contrast_does_not() -> None:
    starts, years, paths = panel("absence-limit-2016")
    after, upper = years >= 2016, starts > 0
    change = paths[:, after].mean(axis=1) - paths[:, ~after].mean(axis=1)
    level = paths[upper][:, ~after].mean()
    assert 100 * change[upper].mean() / level == pytest.approx(-40, abs=1)
    assert change[upper].mean() - change[~upper].mean() == pytest.approx(-25, abs=3)
    finding = read(STUDIES / "absence-limit-2016" / "finding.json")
    head = next(one for one in finding.estimates if one.role == "headline")
    assert head.estimate == pytest.approx(change[upper].mean() - change[~upper].mean(), rel=1e-6)
    assert head.conf_low < -25 < head.conf_high
    assert not head.conf_low < change[upper].mean() < head.conf_high
