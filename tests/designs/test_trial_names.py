"""What does not hang on names, and what a trial's tables say of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.core import Estimand, Settings, Table
from evaluate.data.sample import ArraySample
from evaluate.design import Result
from evaluate.designs.randomised import DESIGN, Randomised

Data = dict[str, NDArray[Any]]


def trial(seed: int, n: int = 24, each: int = 8) -> Data:
    """Return schools of which half were offered something, with strata and a text covariate."""
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(n), each)
    t = (rng.permutation(n) % 2)[school].astype(float)
    x = rng.normal(size=n * each) + school % 3
    return {
        "t": t,
        "c": np.char.add("c", np.char.zfill(school.astype(str), 2)),
        "x": x,
        "k": np.array(["a", "b", "c", "d"])[rng.integers(0, 4, n * each)],
        "g": np.array(["f", "m", "o"])[rng.integers(0, 3, n * each)],
        "w": rng.uniform(0.5, 2, n * each),
        "took": (rng.random(n * each) < 0.1 + 0.7 * t).astype(float),
        "y": 0.5 * t + x + 0.6 * t * x + rng.normal(size=n * each),
    }


def estimate(
    data: Data, settings: Settings | None = None, estimand: str = "ITT", **fields: Any
) -> Result:
    asked = Estimand(estimand, "y", "points")  # type: ignore[arg-type]
    spec = Randomised(**{"treated": "t", **fields})
    return DESIGN.estimate(spec, ArraySample(data, "y"), asked, settings or Settings())


def table(result: Result, kind: str) -> Table:
    (found,) = [one for one in result.tables if one.kind == kind]
    return found


def renamed(data: Data, column: str, old: str, new: str) -> Data:
    return {**data, column: np.where(data[column] == old, new, data[column])}


def uneven(seed: int) -> Data:
    """Return pupils of whom the treated are more often of level ``a``, and evenly of others."""
    data = trial(seed)
    t = data["t"]
    place = np.array([np.arange(int((t == arm).sum())) for arm in (0.0, 1.0)])
    k = np.empty(len(t), "U1")
    k[t == 0] = np.array(list("aabbbcccddd"))[place[0] % 11]
    k[t == 1] = np.array(list("aaaabbbcccddd"))[place[1] % 13]
    return {**data, "k": k}


@pytest.mark.parametrize("fields", [{}, {"cluster": "c"}, {"cluster": "c", "weights": "w"}])
def test_every_level_of_a_category_is_judged_whatever_its_name(fields: dict[str, str]) -> None:
    data = uneven(1)
    found = []
    for name in ("a", "z"):
        result = estimate(renamed(data, "k", "a", name), covariates=("k", "x"), **fields)
        (check,) = [one for one in result.checks if one.name == "balance"]
        rows = {str(one["covariate"]): one for one in table(result, "balance").rows}
        assert list(rows) == [*(f"k={one}" for one in sorted({name, "b", "c", "d"})), "x"]
        found.append((check.result, {one.replace("k=z", "k=a"): rows[one] for one in rows}))
    assert found[0][0] == found[1][0] == "failed"
    for level, first in found[0][1].items():
        again = found[1][1][level]
        for number in ("mean_treated", "mean_comparison", "std_dev", "difference"):
            assert again[number] == pytest.approx(first[number], rel=1e-9)
        assert (again["measure"], again["adjusted"]) == (first["measure"], first["adjusted"])
    if "weights" not in fields:
        for arm, column in ((1.0, "mean_treated"), (0.0, "mean_comparison")):
            share = float((data["k"][data["t"] == arm] == "a").mean())
            assert found[0][1]["k=a"][column] == pytest.approx(share, rel=1e-12)
        assert found[0][1]["k=a"]["measure"] == "cox"


@pytest.mark.slow
@pytest.mark.parametrize("weights", [{}, {"weights": "w"}])
def test_leaving_out_a_cluster_centres_an_interacted_model_anew(weights: dict[str, str]) -> None:
    data, asked = trial(2, n=20), Settings(adjustment="interacted")
    fields = {"cluster": "c", "covariates": ("x", "k"), **weights}
    (found,) = table(estimate(data, asked, **fields), "leave_one_out").rows
    without = []
    for one in np.unique(data["c"]):
        some = {name: values[data["c"] != one] for name, values in data.items()}
        without.append(estimate(some, asked, **fields).estimates[0].estimate)
    assert found["lowest"] == pytest.approx(min(without), rel=1e-8)
    assert found["highest"] == pytest.approx(max(without), rel=1e-8)


def test_the_range_of_the_offer_is_called_so_beside_an_effect_of_taking_part() -> None:
    data = trial(3)
    taking = estimate(data, estimand="LATE", cluster="c", received="took")
    offer = estimate(data, cluster="c")
    texts = [
        next(one.text for one in result.checks if one.name == "leave_one_cluster_out")
        for result in (taking, offer)
    ]
    assert "the effect of the offer lies between" in texts[0]
    assert "offer" not in texts[1]
    labels = [table(one, "leave_one_out").columns[0].label["en"] for one in (taking, offer)]
    assert labels == ["Effect of the offer", "Effect"]
    assert table(taking, "leave_one_out").rows == table(offer, "leave_one_out").rows


@pytest.mark.parametrize("fields", [{}, {"cluster": "c"}, {"cluster": "c", "weights": "w"}])
def test_columns_of_subgroups_are_adjusted_together(fields: dict[str, str]) -> None:
    result = estimate(trial(4), Settings(subgroups=("g", "k")), **fields)
    tests = [one for one in table(result, "subgroups").rows if "level" not in one]
    p = [float(str(one["p_value"])) for one in tests]
    low, high = min(p), max(p)
    first = min(1.0, 2 * low)
    expected = {low: first, high: max(first, high)}
    assert [one["p_adjusted"] for one in tests] == pytest.approx([expected[one] for one in p])
