"""The comparison of clusters' means equals textbook t tests on the means."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.assignment import Assignment, Columns, read_assignment
from evaluate.inference.cluster_means import compare_means
from evaluate.inference.t import two_sided_p

Data = dict[str, NDArray[Any]]
TRUTH = Path(__file__).parents[1] / "truth"
VALUES = json.loads((TRUTH / "instrument.json").read_text("utf-8"))
TIGHT = 1e-9


@pytest.fixture(scope="module")
def data() -> Data:
    """Return the rows that R saw."""
    with (TRUTH / "instrument.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: np.array([r[name] if name in {"school", "town"} else float(r[name]) for r in rows])
        for name in rows[0]
    }


def assigned(data: Data, strata: str | None = None, covariates: tuple[str, ...] = ()) -> Assignment:
    columns = Columns("offered", "school", strata)
    return read_assignment(ArraySample(data, "y"), columns, covariates)


def of_schools(data: Data, *names: str) -> list[NDArray[Any]]:
    """Return each school's mean of columns, its size and the first of its town."""
    schools, at = np.unique(data["school"], return_inverse=True)
    n = np.bincount(at)
    means = [np.bincount(at, data[name]) / n for name in names]
    first = [np.flatnonzero(at == i)[0] for i in range(len(schools))]
    return [*means, n, data["town"][first]]


def test_without_strata_it_is_welchs_test(data: Data) -> None:
    found = compare_means(assigned(data))
    expected = VALUES["means welch"]
    assert (found.method, found.adjusted) == ("welch", False)
    assert found.effect == pytest.approx(expected["estimate"], rel=TIGHT)
    assert found.spread.std_error == pytest.approx(expected["std_error"], rel=TIGHT)
    assert found.spread.df == pytest.approx(expected["df"], rel=TIGHT)


def test_within_strata_it_is_neymans_estimator(data: Data) -> None:
    y, offered, _, town = of_schools(data, "y", "offered")
    effect, parts = 0.0, []
    for one in np.unique(town):
        share = np.mean(town == one)
        for arm, sign in ((1, 1), (0, -1)):
            inside = y[(town == one) & (offered == arm)]
            effect += sign * share * inside.mean()
            parts.append((share**2 * inside.var(ddof=1) / len(inside), len(inside) - 1))
    variance = sum(part for part, _ in parts)
    found = compare_means(assigned(data, "town"))
    assert found.method == "welch"
    assert found.effect == pytest.approx(effect, rel=TIGHT)
    assert found.spread.std_error == pytest.approx(variance**0.5, rel=TIGHT)
    df = variance**2 / sum(part**2 / df for part, df in parts)
    assert found.spread.df == pytest.approx(df, rel=TIGHT)


def pairs(rng: np.random.Generator) -> Data:
    pair = np.repeat(np.arange(9), 10)
    offered = np.tile(np.repeat([0.0, 1.0], 5), 9)
    school = (2 * pair + offered).astype(int)
    y = pair + rng.normal(size=18)[school] + offered + rng.normal(size=90)
    return {"y": y, "offered": offered, "school": school.astype(str), "town": pair.astype(str)}


def test_matched_pairs_give_the_paired_test() -> None:
    from scipy.stats import ttest_rel

    data = pairs(np.random.default_rng(3))
    y, offered, _, town = of_schools(data, "y", "offered")
    order = np.argsort(town, kind="stable")
    y, offered = y[order], offered[order]
    test = ttest_rel(y[offered == 1], y[offered == 0])
    found = compare_means(assigned(data, "town"))
    assert found.method == "pooled"
    assert found.spread.df == 8
    t = found.effect / found.spread.std_error
    assert t == pytest.approx(float(test.statistic), rel=TIGHT)
    assert two_sided_p(t, found.spread.df) == pytest.approx(float(test.pvalue), rel=TIGHT)


def test_a_pair_that_lost_its_partner_adds_nothing() -> None:
    data = pairs(np.random.default_rng(3))
    lone = {name: values[data["school"] != "7"] for name, values in data.items()}
    none = {name: values[data["town"] != "3"] for name, values in data.items()}
    one, other = (compare_means(assigned(each, "town")) for each in (lone, none))
    assert one.effect == pytest.approx(other.effect, rel=TIGHT)
    assert one.spread.std_error == pytest.approx(other.spread.std_error, rel=TIGHT)
    assert one.spread.df == other.spread.df == 7


def test_weights_are_those_of_least_squares(data: Data) -> None:
    """R ``lm(mean ~ offered + town, weights = w)``."""
    from evaluate.inference.cluster_sums import read_clusters
    from evaluate.inference.icc import anova_icc

    assignment = assigned(data, "town")
    y, offered, n, town = of_schools(data, "y", "offered")
    assert assignment.cluster is not None
    place = 2 * assignment.stratum + assignment.treated.astype(np.int64)
    icc = anova_icc(read_clusters(assignment.cells, assignment.cluster, place))
    w = 1 / (icc.between + icc.within / n)
    x = np.column_stack([np.ones(26), offered, town == "b", town == "c"]).astype(float)
    bread = np.linalg.inv(x.T @ (x * w[:, None]))
    b = bread @ x.T @ (w * y)
    variance = float(w @ (y - x @ b) ** 2) / 22 * bread[1, 1]
    found = compare_means(assignment, weighted=True)
    assert found.method == "weighted"
    assert found.effect == pytest.approx(b[1], rel=TIGHT)
    assert found.spread.std_error == pytest.approx(variance**0.5, rel=TIGHT)
    assert found.spread.df == 22


def test_adjusted_means_are_of_residuals_without_treatment(data: Data) -> None:
    """A covariate of the school costs a degree of freedom; one that follows from others is none."""
    _, at = np.unique(data["school"], return_inverse=True)
    grade = np.bincount(at, data["points"])[at] / np.bincount(at)[at]
    rows = {**data, "grade": grade, "twice": 2 * grade - 7}
    x = np.column_stack([np.ones(len(at)), data["girl"], data["points"], grade])
    residual = data["y"] - x @ np.linalg.lstsq(x, data["y"], rcond=None)[0]
    plain = compare_means(assigned({**rows, "y": residual}))
    found = compare_means(
        assigned(rows, covariates=("girl", "points", "grade", "twice")),
        ("girl", "points", "grade", "twice"),
    )
    assert found.adjusted
    assert found.effect == pytest.approx(plain.effect, rel=1e-8)
    assert found.spread.std_error == pytest.approx(plain.spread.std_error, rel=1e-8)
    assert found.spread.df == pytest.approx(plain.spread.df - 1, rel=1e-8)


def test_adjustment_within_towns(data: Data) -> None:
    x = np.column_stack(
        [np.ones(len(data["y"])), data["points"], data["town"] == "b", data["town"] == "c"]
    ).astype(float)
    residual = data["y"] - x @ np.linalg.lstsq(x, data["y"], rcond=None)[0]
    plain = compare_means(assigned({**data, "y": residual}, "town"))
    found = compare_means(assigned(data, "town", ("points",)), ("points",))
    assert found.effect == pytest.approx(plain.effect, rel=1e-8)
    assert found.spread.std_error == pytest.approx(plain.spread.std_error, rel=1e-8)
    assert found.spread.df == pytest.approx(plain.spread.df, rel=1e-8)


def test_individuals_have_no_clusters_to_summarise(data: Data) -> None:
    assignment = read_assignment(ArraySample(data, "y"), Columns("offered"))
    with pytest.raises(Refused) as caught:
        compare_means(assignment)
    assert caught.value.code == "not_clustered"


def test_clusters_in_both_arms_are_refused(data: Data) -> None:
    mixed = {**data, "offered": np.arange(len(data["y"])) % 2 * 1.0}
    with pytest.raises(Refused) as caught:
        compare_means(assigned(mixed))
    assert caught.value.code == "mixed_clusters"


def test_strata_of_one_arm_are_refused(data: Data) -> None:
    split = {**data, "town": np.where(data["offered"] == 1, "a", "b")}
    with pytest.raises(Refused) as caught:
        compare_means(assigned(split, "town"))
    assert caught.value.code == "stratum_one_arm"


def test_means_that_do_not_vary_are_refused() -> None:
    offered = np.repeat([0.0, 1.0], 20)
    school = np.repeat(np.arange(8), 5).astype(str)
    data = {"y": np.tile([0.0, 1.0, 2.0, 1.0, 0.0], 8) + offered, "offered": offered}
    with pytest.raises(Refused) as caught:
        compare_means(assigned({**data, "school": school}))
    assert caught.value.code == "no_variation"


def test_too_many_covariates_of_clusters_are_refused() -> None:
    rng = np.random.default_rng(1)
    school = np.repeat(np.arange(5), 8)
    names = ("a", "b", "c")
    data = {name: rng.normal(size=5)[school] for name in names}
    data |= {"y": rng.normal(size=40), "offered": (school % 2) * 1.0, "school": school.astype(str)}
    with pytest.raises(Refused) as caught:
        compare_means(assigned(data, covariates=names), names)
    assert caught.value.code == "no_degrees_of_freedom"
