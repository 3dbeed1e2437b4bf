"""A trial adjusted for nearly dependent covariates keeps its digits, or is refused."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample
from evaluate.designs.randomised import DESIGN, Randomised

Data = dict[str, NDArray[np.generic]]


def trial(closeness: float) -> tuple[Data, Data]:
    """Return a trial with two nearly equal covariates, and one with their mean and difference."""
    rng = np.random.default_rng(5)
    school = np.repeat(np.arange(24), rng.integers(8, 20, 24))
    n = len(school)
    a, b = rng.normal(size=(2, n)).round(3)
    treated = (school % 2).astype(float)
    # Powers of two, so that both forms hold the same numbers exactly.
    step = 2.0**-closeness
    near = a + step * np.round(b * 8) / 8
    shared = {
        "treated": treated,
        "school": np.array([f"s{i:02d}" for i in school]),
        "y": rng.normal(size=n) + 0.4 * treated + a + np.round(b * 8) / 8,
        "a": a,
    }
    return {**shared, "other": near}, {**shared, "other": (near - a) / step}


def headline(data: Data, cluster: str | None, name: str) -> Estimate:
    spec = Randomised(treated="treated", cluster=cluster, covariates=("a", "other"))
    settings = Settings(adjustment=name)  # type: ignore[arg-type]
    estimand = Estimand("ATE", "y", "points")
    return DESIGN.estimate(spec, ArraySample(data, "y"), estimand, settings).estimates[0]


@pytest.mark.parametrize("closeness", [4, 12, 15])
@pytest.mark.parametrize("adjustment", ["additive", "interacted"])
@pytest.mark.parametrize("cluster", ["school", None])
def test_the_effect_is_certain_to_nine_digits(
    closeness: int, adjustment: str, cluster: str | None
) -> None:
    near, apart = (headline(one, cluster, adjustment) for one in trial(closeness))
    for name in ("estimate", "std_error", "df"):
        assert getattr(near, name) == pytest.approx(getattr(apart, name), rel=1e-9)
