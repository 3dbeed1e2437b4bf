"""Weighted estimates equal those of R's clubSandwich and estimatr (``make_weighted.R``)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from evaluate.data.moments import Moments
from evaluate.data.sample import ArraySample, Sample, WeightKind
from evaluate.data.weights import unit_of
from evaluate.errors import Refused
from evaluate.inference.clustered import ClusterStdError, cluster_spread
from evaluate.inference.individual import IndividualStdError, individual_spread, row_model
from evaluate.inference.linear import Fit, GroupMoments, fit
from evaluate.inference.weighted import weighted_cluster_spread

VALUES = json.loads((Path(__file__).parent / "weighted.json").read_text("utf-8"))
MADE_BY = VALUES.pop("made_by")
WEIGHTS = ("rows", "schools", "mixed", "zeros")
SECOND = np.eye(3)[1]
TIGHT = 1e-9


def rows() -> dict[str, np.ndarray]:
    """Return the rows of ``make_weighted.R``, by the same arithmetic."""
    i = np.arange(60)
    g, t, x = i // 8, ((i * 7) % 5 < 2).astype(float), ((i * 37) % 23) / 4
    return {
        "g": g.astype(float),
        "t": t,
        "x": x,
        "y": 1 + 0.5 * t + 0.3 * x + (((i * 53) % 31) - 15) / 6 + g / 5,
        "rows": 0.5 + ((i * 29) % 17) / 8,
        "schools": 1.0 + g,
        "mixed": np.where(g % 2 == 0, 1, 0.25 + (i % 3)),
        "zeros": np.where(i % 7 == 0, 0.0, 1 + i % 4),
        "ones": np.ones(60),
    }


def groups(moments: Moments) -> GroupMoments:
    """Return moments of (1, columns) against the last column, centred."""
    return GroupMoments(
        n=moments.n,
        xx=moments.cross[:, :-1, :-1],
        xy=moments.cross[:, :-1, -1],
        yy=moments.cross[:, -1, -1],
    )


def by_cluster(sample: Sample, name: str, kind: WeightKind) -> Moments:
    return sample.moments(("t", "x", "y"), ("g",), name, kind)


def check(found: float, other: float) -> None:
    assert found == pytest.approx(other, rel=TIGHT)


@pytest.mark.parametrize("std_error", ["CR0", "CR1", "CR1S", "CR2", "CR3"])
@pytest.mark.parametrize("name", WEIGHTS)
def test_probability_weights_by_cluster(name: str, std_error: ClusterStdError) -> None:
    moments = by_cluster(ArraySample(rows(), "y"), name, "probability")
    powers = [groups(moments.to_power(k)) for k in range(3)]
    fitted = fit(powers[1])
    found = weighted_cluster_spread(powers, fitted, SECOND, std_error)
    theirs = VALUES[f"probability {name} {std_error}"]
    check(fitted.coefficients[1], theirs["estimate"])
    n_groups = len(moments.n)
    # Ours carries the jackknife's own factor.
    factor = np.sqrt((n_groups - 1) / n_groups) if std_error == "CR3" else 1.0
    check(found.std_error, factor * theirs["std_error"])
    check(found.df, theirs["df"] if std_error == "CR2" else n_groups - 1)


@pytest.mark.parametrize("name", WEIGHTS)
def test_inverse_variances_by_cluster(name: str) -> None:
    moments = groups(by_cluster(ArraySample(rows(), "y"), name, "inverse_variance"))
    found = cluster_spread(moments, fit(moments), SECOND, "CR2")
    theirs = VALUES[f"inverse_variance {name} CR2"]
    check(found.std_error, theirs["std_error"])
    check(found.df, theirs["df"])


def individual(
    sample: Sample, weights: str | None, kind: WeightKind, std_error: IndividualStdError
) -> tuple[Fit, float, float]:
    """Return the fit, standard error and degrees of freedom for individuals."""
    moments = sample.moments(("t", "x", "y"), (), weights, kind)
    pooled, maps = groups(moments), np.eye(3)[None]
    fitted = fit(pooled)
    model = row_model(("t", "x"), {}, maps, fitted, SECOND)
    sums = sample.row_moments(model, weights, kind)
    found = individual_spread(pooled, fitted, SECOND, sums, maps, std_error=std_error)
    return fitted, found.std_error, found.df


@pytest.mark.parametrize("std_error", ["HC0", "HC1", "HC2", "HC3"])
@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_of_individuals(name: str, std_error: IndividualStdError) -> None:
    sample = ArraySample(rows(), "y")
    fitted, found, df = individual(sample, name, "probability", std_error)
    theirs = VALUES[f"probability {name} {std_error}"]
    check(fitted.coefficients[1], theirs["estimate"])
    check(found, theirs["std_error"])
    if std_error == "HC2":
        check(df, VALUES[f"inverse_variance {name} HC2"]["df"])
        check(found, VALUES[f"inverse_variance {name} HC2"]["std_error"])


@pytest.mark.parametrize("std_error", ["HC0", "HC1", "HC2", "HC3"])
def test_frequencies_are_repeated_rows(std_error: IndividualStdError) -> None:
    data = rows()
    times = data["zeros"].astype(int)
    repeated = {name: np.repeat(values, times) for name, values in data.items()}
    one = individual(ArraySample(data, "y"), "zeros", "frequency", std_error)
    other = individual(ArraySample(repeated, "y"), None, "frequency", std_error)
    assert one[0].n_obs == other[0].n_obs == times.sum()
    assert one[1:] == pytest.approx(other[1:], rel=TIGHT)


@pytest.mark.parametrize("std_error", ["CR0", "CR1", "CR1S", "CR2", "CR3"])
def test_weights_of_one_change_nothing(std_error: ClusterStdError) -> None:
    sample = ArraySample(rows(), "y")
    moments = by_cluster(sample, "ones", "probability")
    powers = [groups(moments.to_power(k)) for k in range(3)]
    plain = groups(sample.moments(("t", "x", "y"), ("g",)))
    weighted = weighted_cluster_spread(powers, fit(powers[1]), SECOND, std_error)
    unweighted = cluster_spread(plain, fit(plain), SECOND, std_error)
    check(weighted.std_error, unweighted.std_error)
    check(weighted.df, unweighted.df)


@pytest.mark.parametrize("kind", ["inverse_variance", "probability"])
@pytest.mark.parametrize("factor", [1e-6, 1234.5])
def test_the_scale_of_weights_means_nothing(kind: WeightKind, factor: float) -> None:
    data = rows()
    sample = ArraySample({**data, "scaled": factor * data["rows"]}, "y")
    for std_error in ("HC2", "HC3"):
        one = individual(sample, "rows", kind, std_error)
        other = individual(sample, "scaled", kind, std_error)
        assert other[1:] == pytest.approx(one[1:], rel=TIGHT)
    ours, theirs = by_cluster(sample, "rows", kind), by_cluster(sample, "scaled", kind)
    assert theirs.cross == pytest.approx(ours.cross, rel=1e-12, abs=1e-10)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda w: w - 1, "negative_weights"),
        (lambda w: 0 * w, "no_weights"),
        (lambda w: np.where(w > 2, np.nan, w), "missing_weights"),
    ],
)
def test_weights_that_mean_nothing_are_refused(
    change: Callable[[np.ndarray], np.ndarray], code: str
) -> None:
    data = rows()
    sample = ArraySample({**data, "w": change(data["rows"])}, "y")
    with pytest.raises(Refused) as refused:
        sample.moments(("t", "y"), (), "w", "probability")
    assert refused.value.code == code


def test_frequencies_are_whole() -> None:
    sample = ArraySample(rows(), "y")
    with pytest.raises(Refused) as refused:
        sample.moments(("t", "y"), (), "rows")
    assert refused.value.code == "weights_not_whole"
    assert unit_of(sample.weights("zeros"), "frequency") == 1.0


def test_what_is_said_of_weights() -> None:
    found = ArraySample(rows(), "y").weights("zeros")
    w = rows()["zeros"]
    assert (found.n, found.n_zero) == (51, 9)
    assert found.largest_share == pytest.approx(4 / w.sum())
    assert found.effective_n == pytest.approx(w.sum() ** 2 / (w @ w))
    assert found.whole
