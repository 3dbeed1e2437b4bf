"""Families of outcomes in a finding: by joint draws where there are some, else by Holm."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_study import DICTIONARY, STUDY

from evaluate.core import Finding
from evaluate.flow import run
from evaluate.inference.multiple import adjust

HEAD, _ = STUDY.split("outcomes:")
EACH = 8
MORE = (
    "| school | text | | | | school | register |\n| grade | number | points | | | g | register |\n"
)


def study_of(folder: Path, rows: dict[str, Any], *, wild: bool = False, draws: int = 999) -> Path:
    """Write a lottery between schools with two primary outcomes."""
    inference = f"{{std_error: [CR2{', wild' if wild else ''}], draws: {draws}}}"
    text = HEAD + "outcomes:\n"
    for name in ("points", "grade"):
        text += f"  {name}: {{column: {name}, unit: points, role: primary, direction: increase}}\n"
    text += "analyses:\n"
    for name in ("points", "grade"):
        text += f"""\
  of-{name}:
    outcome: {name}
    estimand: ATE
    design: {{randomised: {{treated: offered, cluster: school}}}}
    inference: {inference}
""".replace("of-", "of_")
    (folder / "study.yaml").write_text(text)
    (folder / "data-dictionary.md").write_text(
        DICTIONARY.replace("| age | number | years | 15..30 | | age | register |\n", MORE)
    )
    lines = zip(*rows.values(), strict=True)
    cells = [",".join(map(str, line)) for line in lines]
    (folder / "people.csv").write_text("\n".join([",".join(rows), *cells, ""]))
    return folder


def schools(number: int, seed: int = 11) -> dict[str, Any]:
    """Return rows of schools, half of them offered, with two outcomes that go together."""
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(number), EACH)
    offered = (np.arange(number) % 2)[school]
    common = 1.5 * rng.normal(size=number)[school] + rng.normal(size=len(school))
    points = (20 + 1.8 * offered + common + 0.3 * rng.normal(size=len(school))).round(4)
    grade = (5 + 1.2 * offered + common + 0.3 * rng.normal(size=len(school))).round(4)
    names = [f"school {at:02d}" for at in school]
    return {"offered": offered, "school": names, "points": points, "grade": grade}


def family(finding: Finding) -> tuple[str, list[float], list[float]]:
    """Return the method, the p-values and the adjusted ones, as the table and the rows say."""
    (table,) = [one for one in finding.tables if one.id == "families"]
    rows = [one for one in finding.estimates if one.role == "headline" and one.term == "overall"]
    own, adjusted = ([row[key] for row in table.rows] for key in ("p_value", "p_adjusted"))
    assert [one.p_value for one in rows] == own
    assert [one.p_adjusted for one in rows] == adjusted
    assert {one.family for one in rows} == {"primary"}
    (method,) = {str(row["method"]) for row in table.rows}
    return method, [float(str(one)) for one in own], [float(str(one)) for one in adjusted]


def every_draw(rows: dict[str, Any], name: str) -> tuple[float, Any]:
    """Return |t| of a difference in means and of all draws of signs, up to a common factor."""
    y, offered = np.asarray(rows[name], float), np.asarray(rows["offered"], float)
    number = len(y) // EACH
    school = np.repeat(np.arange(number), EACH)
    signs = np.array(list(product([1.0, -1.0], repeat=number)))
    drawn = y.mean() + signs[:, school] * (y - y.mean())
    both = np.vstack([y, drawn])
    effect = both[:, offered == 1].mean(axis=1) - both[:, offered == 0].mean(axis=1)
    level = both[:, offered == 0].mean(axis=1)
    left = both - level[:, None] - np.outer(effect, offered)
    sums = left.reshape(len(both), number, EACH).sum(axis=2)
    t = np.abs(effect) / np.sqrt((sums**2).sum(axis=1))
    return float(t[0]), t[1:]


def test_few_schools_are_adjusted_by_all_joint_draws(study: Path) -> None:
    rows = schools(10)
    finding = run(study_of(study, rows, draws=1999))
    method, own, adjusted = family(finding)
    assert method == "Romano–Wolf"
    observed, draws = zip(*(every_draw(rows, name) for name in ("points", "grade")), strict=True)
    assert observed[0] > observed[1]
    # The larger against the larger of both, then the smaller against its own draws.
    reached = [
        np.sum(limit >= t * (1 - 1e-9))
        for t, limit in zip(observed, (np.maximum(*draws), draws[1]), strict=True)
    ]
    p = np.maximum.accumulate([(1 + int(one)) / (1 + 2**10) for one in reached])
    assert adjusted == pytest.approx(np.maximum(p, own), rel=1e-8)
    assert run(study).tables == finding.tables


def test_twice_the_same_outcome_costs_nothing(study: Path) -> None:
    rows = schools(24)
    rows["grade"] = (100 - 2 * rows["points"]).round(4)
    method, own, adjusted = family(run(study_of(study, rows, wild=True, draws=9999)))
    assert method == "Romano–Wolf"
    assert own[0] == pytest.approx(own[1], rel=1e-6)
    assert 0.005 < own[0] < 0.3
    # CR2's p and the bootstrap's are two tests of one effect; Holm's would be twice the first.
    assert own[0] <= adjusted[0] == adjusted[1] < 1.5 * own[0]


def test_without_a_bootstrap_holm(study: Path) -> None:
    method, own, adjusted = family(run(study_of(study, schools(24))))
    assert method == "Holm"
    assert adjusted == pytest.approx(adjust(own, "holm").tolist(), rel=1e-8)


def test_an_outcome_that_a_whole_school_lacks_falls_back_to_holm(study: Path) -> None:
    rows = schools(24)
    rows["grade"] = [*map(str, rows["grade"][:-EACH]), *[""] * EACH]
    method, own, adjusted = family(run(study_of(study, rows, wild=True)))
    assert method == "Holm"
    assert adjusted == pytest.approx(adjust(own, "holm").tolist(), rel=1e-8)
    # Pupils who lack it leave the school, and the weights, where they are.
    rows["grade"] = [*map(str, schools(24)["grade"][:-1]), ""]
    assert family(run(study_of(study, rows, wild=True)))[0] == "Romano–Wolf"


def test_one_outcome_alone_is_no_family(study: Path) -> None:
    folder = study_of(study, schools(10))
    file = folder / "study.yaml"
    file.write_text(file.read_text().replace("role: primary", "role: secondary", 1))
    finding = run(folder)
    assert "families" not in {one.id for one in finding.tables}
    assert all(one.p_adjusted is None for one in finding.estimates)


def test_pairs_are_weighted_whole_and_taking_part_has_no_joint_draws(study: Path) -> None:
    """Matched pairs: the strata are the units. The draws are the offer's, not those of LATE."""
    rows = schools(24)
    rows["town"] = [f"town {at // (2 * EACH):02d}" for at in range(24 * EACH)]
    offered = np.asarray(rows["offered"])
    rows["came"] = offered * (np.arange(len(offered)) % 4 > 0)
    folder = study_of(study, rows, wild=True)
    dictionary, file = folder / "data-dictionary.md", folder / "study.yaml"
    more = "| town | text | | | | town | register |\n| came | boolean | | | | came | register |\n"
    dictionary.write_text(dictionary.read_text() + more)
    plain, paired = "cluster: school}", "cluster: school, strata: town}"
    file.write_text(file.read_text().replace(plain, paired))
    assert family(run(folder))[0] == "Romano–Wolf"
    # One outcome over pairs and one over schools do not share their weights.
    file.write_text(file.read_text().replace(paired, plain, 1))
    assert family(run(folder))[0] == "Holm"
    text = file.read_text().replace(paired, plain)
    file.write_text(text.replace(plain, "cluster: school, received: came}").replace("ATE", "LATE"))
    assert family(run(folder))[0] == "Holm"
