"""Tests of several levels at once equal R's clubSandwich (``make_joint.R``), whatever their names."""

from __future__ import annotations

import json
from itertools import permutations, product
from pathlib import Path

import numpy as np
import pytest

from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.assignment import Columns, read_assignment
from evaluate.inference.joint import joint_test
from evaluate.inference.segments import segments
from evaluate.inference.wald import WaldTest

VALUES = json.loads((Path(__file__).parent / "joint.json").read_text("utf-8"))
TIGHT = 1e-9


def rows(names: str = "abcd") -> dict[str, np.ndarray]:
    """Return the rows of ``make_joint.R``, by the same arithmetic."""
    i = np.arange(160)
    c, x, k = i // 8, ((i * 37) % 23) / 4, (i * 11 + i // 9) % 4
    t = ((c * 7) % 5 < 2).astype(float)
    noise = (((i * 53) % 31) - 15) / 6 * (1 + k / 3)
    return {
        "c": c.astype(float),
        "t": t,
        "one": ((i * 7) % 5 < 2).astype(float),
        "x": x,
        "k": np.array(list(names))[k],
        "w": 0.5 + ((i * 29) % 17) / 8,
        "y": 1 + 0.5 * t + 0.3 * x + noise + (c % 6) / 5,
    }


def judged(
    data: dict[str, np.ndarray],
    treated: str,
    *,
    weights: str | None = None,
    x: bool = False,
    kind: str = "probability",
) -> WaldTest:
    """Return the test that the effect is the same in all levels of ``k``."""
    sample = ArraySample(data, "y")
    cluster = "c" if treated == "t" else None
    columns = Columns(treated, cluster, segment="k", weights=weights, kind=kind)  # type: ignore[arg-type]
    covariates = ("x",) if x else ()
    assignment = read_assignment(sample, columns, covariates)
    name = "CR2" if cluster else "HC2"
    found = segments(sample, assignment, "k", covariates, name)
    assert found.fitted is not None
    return joint_test(sample, found.fitted, found.contrasts)


def numbers(found: WaldTest) -> tuple[float, float, float]:
    return found.f, found.df_denom, found.p_value


@pytest.mark.parametrize(
    ("treated", "weighted", "x"), list(product(("t", "one"), (False, True), (False, True)))
)
def test_equals_clubsandwich(treated: str, weighted: bool, x: bool) -> None:
    found = judged(rows(), treated, weights="w" if weighted else None, x=x)
    expected = VALUES[treated + " weighted" * weighted + " + x" * x]
    assert found.df_num == 3
    assert numbers(found) == pytest.approx(expected, rel=TIGHT)


@pytest.mark.parametrize("treated", ["t", "one"])
@pytest.mark.parametrize("weights", [None, "w"])
def test_names_of_levels_do_not_matter(treated: str, weights: str | None) -> None:
    first = numbers(judged(rows(), treated, weights=weights, x=True))
    for names in list(permutations("abcd"))[5::6]:
        again = judged(rows("".join(names)), treated, weights=weights, x=True)
        assert numbers(again) == pytest.approx(first, rel=1e-9)


@pytest.mark.parametrize("treated", ["t", "one"])
@pytest.mark.parametrize("kind", ["probability", "inverse_variance", "frequency"])
def test_constant_weights_change_nothing(treated: str, kind: str) -> None:
    plain = numbers(judged(rows(), treated, x=True))
    data = {**rows(), "w": np.full(160, 1.0 if kind == "frequency" else 2.5)}
    assert numbers(judged(data, treated, weights="w", x=True, kind=kind)) == pytest.approx(
        plain, rel=TIGHT
    )


@pytest.mark.parametrize("weights", [None, "w"])
def test_contrasts_that_follow_from_each_other_are_refused(weights: str | None) -> None:
    for treated in ("t", "one"):
        data = rows()
        sample = ArraySample(data, "y")
        cluster = "c" if treated == "t" else None
        columns = Columns(treated, cluster, segment="k", weights=weights)
        found = segments(
            sample, read_assignment(sample, columns), "k", (), "CR2" if cluster else "HC2"
        )
        assert found.fitted is not None
        twice = np.vstack([found.contrasts, found.contrasts[0] - found.contrasts[1]])
        with pytest.raises(Refused) as refused:
            joint_test(sample, found.fitted, twice)
        assert refused.value.code == "contrasts_dependent"
