"""Edges of the treatment model and of the row that leaves inference."""

from __future__ import annotations

import numpy as np
import pytest

from evaluate.core import Estimand
from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.assignment import Columns, read_assignment
from evaluate.inference.design_rows import group_moments
from evaluate.inference.linear import Spread
from evaluate.inference.row import estimate_row
from evaluate.inference.treatment import fit_treatment, treatment_spreads

ESTIMAND = Estimand("ATE", "y", "points")
KNOWN = {"n_obs": 10, "n_treated": 5, "method": "m", "std_error_method": "s"}


def test_a_row_has_its_interval_and_p_value() -> None:
    row = estimate_row(2.0, Spread(1.0, 10.0), ESTIMAND, 0.95, **KNOWN)
    # R: qt(.975, 10) = 2.228138852, 2 * pt(-2, 10) = 0.07338803477.
    assert row.conf_high == pytest.approx(2 + 2.228138852, abs=1e-8)
    assert row.conf_low == pytest.approx(2 - 2.228138852, abs=1e-8)
    assert row.p_value == pytest.approx(0.07338803477, abs=1e-10)
    assert (row.estimand, row.unit, row.df) == ("ATE", "points", 10.0)


@pytest.mark.parametrize(
    ("value", "std_error"), [(np.nan, 1.0), (np.inf, 1.0), (1.0, np.inf), (1.0, 1e308)]
)
def test_what_is_not_a_number_is_refused(value: float, std_error: float) -> None:
    with pytest.raises(Refused, match="left the range of numbers") as refused:
        estimate_row(value, Spread(std_error, 1.5), ESTIMAND, 0.95, **KNOWN)
    assert refused.value.code == "not_a_number"


def paired(pairs: int) -> ArraySample:
    """Return matched pairs of clusters of three, one of each pair treated."""
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(2 * pairs), 3)
    return ArraySample(
        {
            "t": (cluster % 2).astype(float),
            "school": np.array([f"s{i:03d}" for i in cluster]),
            "pair": np.array([f"p{i:03d}" for i in cluster // 2]),
            "y": rng.normal(size=len(cluster)) + rng.normal(size=2 * pairs)[cluster],
        },
        "y",
    )


def test_matched_pairs_of_clusters_are_a_paired_t_test() -> None:
    sample = paired(12)
    assignment = read_assignment(sample, Columns("t", "school", "pair"))
    fitted = fit_treatment(assignment, (), "none")
    ((_, spread),) = treatment_spreads(sample, fitted, ("CR2",))
    rows = sample.columns(("t", "pair", "y"))
    each = np.array(
        [
            rows["y"][(rows["pair"] == pair) & (rows["t"] == 1)].mean()
            - rows["y"][(rows["pair"] == pair) & (rows["t"] == 0)].mean()
            for pair in np.unique(rows["pair"])
        ]
    )
    assert fitted.effect == pytest.approx(each.mean(), rel=1e-10)
    assert spread.std_error == pytest.approx(each.std(ddof=1) / np.sqrt(12), rel=1e-9)
    assert spread.df == pytest.approx(11, rel=1e-9)


def test_a_model_that_would_not_fit_in_memory_is_refused() -> None:
    sample = paired(2)
    assignment = read_assignment(sample, Columns("t", "school"))
    with pytest.raises(Refused, match="do not fit in memory") as refused:
        group_moments(assignment.cells, np.zeros((4, 4000, 1)), np.arange(4))
    assert refused.value.code == "model_too_large"
