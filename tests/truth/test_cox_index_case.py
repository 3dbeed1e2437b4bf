"""Two shares on the scales of Cox, and of Hasselblad and Hedges: the case ``cox_index``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from evaluate.evidence.effect_sizes import COX_SCALE, cox_of, hasselblad_hedges

# Shares of 0.6 and 0.45; the log odds ratio / 1.65, and times sqrt(3) / pi.
SHARES = (0.6, 0.45)
FOUND = {
    "lnOR": cox_of(*SHARES) * COX_SCALE,
    "cox_d": cox_of(*SHARES),
    "hasselblad_d": hasselblad_hedges(*SHARES),
}
EXPECTED = {
    "lnOR": 0.6061358035703,
    "cox_d": 0.3673550324669,
    "hasselblad_d": 0.334180183058,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_cox_index(name: str) -> None:
    # The case is given to 13 digits.
    assert FOUND[name] == pytest.approx(EXPECTED[name], rel=2e-12)


@pytest.mark.truth
def test_the_values_are_those_of_the_folder() -> None:
    path = Path(os.environ["EVALUATE_TRUTH"]) / "cases.yaml"
    listed = yaml.safe_load(path.read_text("utf-8"))["cases"]
    (case,) = [one for one in listed if one["id"] == "cox_index"]
    expected = {name: one["value"] for name, one in case["expected"].items()}
    assert (expected.pop("example_p1"), expected.pop("example_p2")) == SHARES
    assert expected == EXPECTED
