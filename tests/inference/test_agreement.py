"""Agreement: definitions by brute force, other packages, and what is refused."""

from __future__ import annotations

from itertools import permutations
from time import perf_counter

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference import agreement as of
from evaluate.inference.agreement_bootstrap import agreement, replicates
from evaluate.inference.agreement_pair import cohen
from evaluate.inference.agreement_panel import panel_of_numbers, panel_of_rows, stacked
from evaluate.inference.intraclass import concordance, intraclass

METRICS: tuple[of.Metric, ...] = ("nominal", "ordinal", "interval", "ratio")
COEFFICIENTS = (of.percent, of.fleiss, of.gwet, of.brennan_prediger, of.conger)


def table(seed: int, units: int = 14, coders: int = 4, noise: float = 0.3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, 6, (units, 1))
    other = rng.integers(1, 6, (units, coders))
    found = np.where(rng.random((units, coders)) < noise, other, truth).astype(float)
    found[rng.random((units, coders)) < 0.2] = np.nan
    return found


def alpha_by_hand(x: np.ndarray, metric: str) -> float:
    units = [[v for v in row if not np.isnan(v)] for row in x]
    units = [row for row in units if len(row) > 1]
    values = [v for row in units for v in row]
    n_of = {v: values.count(v) for v in values}

    def squared(c: float, k: float) -> float:
        low, high = min(c, k), max(c, k)
        if metric == "nominal":
            return float(c != k)
        if metric == "ordinal":
            between = sum(n for v, n in n_of.items() if low <= v <= high)
            return (between - (n_of[c] + n_of[k]) / 2) ** 2
        return (c - k) ** 2 if metric == "interval" else ((c - k) / (c + k) if c + k else 0) ** 2

    observed = sum(
        squared(a, b) / (len(row) - 1) for row in units for a, b in permutations(row, 2)
    ) / len(values)
    every = [squared(a, b) for a, b in permutations(values, 2)]
    return 1 - observed / (sum(every) / len(every))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("seed", range(3))
def test_alpha_by_hand(metric: of.Metric, seed: int) -> None:
    x = table(seed)
    got = of.alpha(panel_of_numbers(x), metric)[0]
    assert got == pytest.approx(alpha_by_hand(x, metric), rel=1e-12)


@pytest.mark.parametrize("metric", METRICS)
def test_alpha_as_krippendorff_has_it(metric: of.Metric) -> None:
    peer = pytest.importorskip("krippendorff", reason="needs the package krippendorff")
    for seed in range(5):
        x = table(seed, 30, 5)
        expected = peer.alpha(reliability_data=x.T, level_of_measurement=metric)
        assert of.alpha(panel_of_numbers(x), metric)[0] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("metric", METRICS)
def test_weights_of_units_are_units_drawn_again(metric: of.Metric) -> None:
    x = table(1)
    panel = panel_of_numbers(x)
    times = np.random.default_rng(0).multinomial(
        len(panel.codes), [1 / len(panel.codes)] * len(panel.codes), 6
    )
    whole = np.where(panel.codes >= 0, panel.values[panel.codes], np.nan)
    for row in times:
        again = panel_of_numbers(np.repeat(whole, row, axis=0), panel.values)
        got = of.alpha(panel, metric, row[None, :].astype(float))[0]
        assert got == pytest.approx(of.alpha(again, metric)[0], rel=1e-10)
        for one in COEFFICIENTS:
            weighted = one(panel, row[None, :].astype(float))[0]
            assert weighted == pytest.approx(one(again, None)[0], rel=1e-10), one.__name__


def test_fleiss_as_statsmodels_has_it() -> None:
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    x = np.nan_to_num(table(2), nan=3.0)
    expected = fleiss_kappa(aggregate_raters(x)[0])
    assert of.fleiss(panel_of_numbers(x))[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("ours", "theirs"), [("unweighted", None), ("linear", "linear"), ("squared", "quadratic")]
)
def test_cohen_as_statsmodels_has_it(ours: str, theirs: str | None) -> None:
    from statsmodels.stats.inter_rater import cohens_kappa

    x = np.nan_to_num(table(3, 40, 2), nan=2.0)
    counts = np.zeros((5, 5))
    np.add.at(counts, (x[:, 0].astype(int) - 1, x[:, 1].astype(int) - 1), 1)
    expected = cohens_kappa(counts, wt=theirs)
    got = cohen(panel_of_numbers(x, range(1, 6)), ours)
    assert got.value == pytest.approx(expected.kappa, rel=1e-12)
    assert got.std_error == pytest.approx(expected.std_kappa, rel=1e-10)
    assert got.z == pytest.approx(expected.kappa / expected.std_kappa0, rel=1e-10)


def test_two_coders_make_conger_cohen() -> None:
    x = np.nan_to_num(table(3, 40, 2), nan=2.0)
    panel = panel_of_numbers(x)
    assert of.conger(panel)[0] == pytest.approx(cohen(panel).value, rel=1e-12)


def test_conger_by_hand() -> None:
    x = np.nan_to_num(table(5, 25, 3), nan=4.0)
    shares = np.array([[np.mean(one == v) for v in range(1, 6)] for one in x.T])
    pairs = [shares[a] @ shares[b] for a, b in permutations(range(3), 2)]
    same = np.mean([np.mean(x[:, a] == x[:, b]) for a, b in permutations(range(3), 2)])
    expected = (same - np.mean(pairs)) / (1 - np.mean(pairs))
    assert of.conger(panel_of_numbers(x, range(1, 6)))[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("metric", METRICS)
def test_order_names_and_scale_do_not_matter(metric: of.Metric) -> None:
    rng = np.random.default_rng(0)
    x = table(4)
    one = of.alpha(panel_of_numbers(x), metric)[0]
    moved = x[rng.permutation(len(x))][:, rng.permutation(x.shape[1])]
    assert of.alpha(panel_of_numbers(moved), metric)[0] == pytest.approx(one, rel=1e-12)
    assert of.alpha(panel_of_numbers(3 * x), metric)[0] == pytest.approx(one, rel=1e-12)
    if metric != "ratio":
        assert of.alpha(panel_of_numbers(x - 100), metric)[0] == pytest.approx(one, rel=1e-9)
    if metric in {"nominal", "ordinal"}:
        assert of.alpha(panel_of_numbers(x**3), metric)[0] == pytest.approx(one, rel=1e-12)


def test_the_interval_does_not_move_with_the_file() -> None:
    x = table(4, 30)
    ends = [
        agreement(panel_of_numbers(one), of.percent, np.random.default_rng(1), draws=999)
        for one in (x, x[::-1])
    ]
    assert ends[0] == ends[1]


def test_the_interval_covers() -> None:
    rng = np.random.default_rng(6)
    hits, times = 0, 300
    # Two coders, two even values, each wrong with chance e: alpha tends to (1 - 2 e)^2.
    for _ in range(times):
        truth = rng.integers(0, 2, (80, 1))
        x = np.where(rng.random((80, 2)) < 0.1, 1 - truth, truth).astype(float)
        got = agreement(panel_of_numbers(x), lambda p, w: of.alpha(p, "nominal", w), rng, draws=400)
        hits += (got.low or 0) <= 0.64 <= (got.high or 0)
    # Percentiles of 80 units fall a little short: 0.95 less two points and 99.9 % of draws.
    assert 0.885 <= hits / times <= 0.985


def test_thousands_of_draws_take_no_time() -> None:
    panel = panel_of_numbers(table(0, 59, 5))
    for metric in METRICS:
        start = perf_counter()
        found = replicates(
            panel, lambda p, w, m=metric: of.alpha(p, m, w), np.random.default_rng(0), 5000
        )
        assert len(found) == 5000
        assert perf_counter() - start < 1.0


@pytest.mark.parametrize(
    ("x", "code"),
    [
        ([[1], [2], [3]], "one_rater"),
        ([[1, np.nan], [2, np.nan]], "one_rater"),
        ([[1, np.nan], [np.nan, 2]], "no_shared_units"),
        ([[np.nan, np.nan]], "one_rater"),
        ([[1, np.inf], [2, 2]], "not_numbers"),
    ],
)
def test_what_is_refused(x: list[list[float]], code: str) -> None:
    with pytest.raises(Refused) as refused:
        panel_of_numbers(np.array(x, dtype=float))
    assert refused.value.code == code


def test_a_value_off_the_scale_or_below_nought() -> None:
    x = np.array([[1.0, 2.0], [2.0, 9.0]])
    with pytest.raises(Refused) as refused:
        panel_of_numbers(x, (1, 2, 3))
    assert refused.value.code == "off_scale"
    with pytest.raises(Refused) as refused:
        of.alpha(panel_of_numbers(x - 2), "ratio")
    assert refused.value.code == "negative_ratio"
    assert of.alpha(panel_of_numbers(np.array([[0.0, 0.0], [1.0, 2.0]])), "ratio")[0] < 1


@pytest.mark.parametrize("metric", METRICS)
def test_all_equal_is_undefined(metric: of.Metric) -> None:
    panel = panel_of_numbers(np.full((8, 3), 2.0))
    got = agreement(panel, lambda p, w: of.alpha(p, metric, w), np.random.default_rng(0), draws=9)
    assert (got.value, got.low, got.state) == (None, None, "all_equal")
    for one in (of.fleiss, of.gwet, of.brennan_prediger, of.conger):
        got = agreement(panel, one, np.random.default_rng(0), draws=9)
        assert got.state == "all_equal", one.__name__
    assert cohen(panel.of(0, 1)).state == "all_equal"


def test_hardly_any_variation_has_a_value_and_no_interval() -> None:
    x = np.ones((12, 2))
    x[0] = 2
    got = agreement(
        panel_of_numbers(x),
        lambda p, w: of.alpha(p, "nominal", w),
        np.random.default_rng(0),
        draws=500,
    )
    assert got.value == pytest.approx(1.0)
    assert (got.low, got.state) == (None, "too_few_varied_draws")
    few = agreement(panel_of_numbers(table(0)[:4]), of.percent, np.random.default_rng(0), draws=50)
    assert (few.low, few.state) == (None, "too_few_units")


def test_a_coder_who_uses_one_value() -> None:
    x = np.array([[1, 1], [2, 1], [1, 1], [2, 1]], dtype=float)
    got = cohen(panel_of_numbers(x))
    assert (got.value, got.z, got.state) == (0.0, None, "one_value")


def test_rows_and_a_coder_who_coded_twice() -> None:
    unit = np.array(["a", "a", "b", "b"], dtype=object)
    coder = np.array(["x", "y", "y", "x"], dtype=object)
    panel = panel_of_rows(unit, coder, np.array([0, 0, 1, 0]), [0, 1])
    assert panel.codes.tolist() == [[0, 0], [0, 1]]
    with pytest.raises(Refused) as refused:
        panel_of_rows(unit, np.array(["x"] * 4, dtype=object), np.array([0, 0, 1, 0]), [0, 1])
    assert refused.value.code == "coded_twice"
    with pytest.raises(Refused):
        panel_of_rows(unit[:0], coder[:0], np.empty(0, dtype=np.int64), [0, 1])


def test_intraclass_of_raters_who_agree_or_are_constant() -> None:
    x = np.repeat(np.arange(6.0)[:, None], 3, axis=1)
    for model in ("oneway", "twoway"):
        for kind in ("consistency", "agreement"):
            assert intraclass(x, model, kind).value == pytest.approx(1.0)
    shifted = x + np.array([0.0, 5.0, 10.0])
    assert intraclass(shifted, "twoway", "consistency").value == pytest.approx(1.0)
    assert intraclass(shifted, "twoway", "agreement").value < 0.5
    assert concordance(shifted) == pytest.approx(1.0)
    for one in (intraclass, concordance):
        with pytest.raises(Refused) as refused:
            one(np.full((5, 3), 4.0))
        assert refused.value.code == "all_equal"
        with pytest.raises(Refused):
            one(x[:, :1])
        with pytest.raises(Refused):
            one(x[:1])


def test_raters_who_go_against_each_other() -> None:
    x = np.column_stack([np.arange(6.0), -np.arange(6.0)])
    with pytest.raises(Refused):
        intraclass(x, "twoway", "consistency", unit="average")
    assert intraclass(x, "twoway", "consistency").value == pytest.approx(-1.0)
    assert intraclass(x).value < 0


def test_labels_of_one_unit_are_drawn_together() -> None:
    rng = np.random.default_rng(3)
    given = rng.integers(0, 2, (9, 4, 2))
    given[0, :, 1] = -1
    panel = stacked(given, ("x", "y"))
    assert (panel.n_shared, len(panel.codes)) == (8, 36)
    drawn: list[np.ndarray] = []

    def kept(_: object, weights: np.ndarray | None) -> np.ndarray:
        assert weights is not None
        drawn.append(weights)
        return weights.sum(axis=1)

    assert (replicates(panel, kept, rng, 50) == 36).all()
    assert (np.ptp(drawn[0].reshape(50, 9, 4), axis=2) == 0).all()
    # The value is that of all rows; which unit a label belongs to moves the interval alone.
    rows = np.where(given < 0, np.nan, given).reshape(-1, 2)
    plain = panel_of_numbers(rows[~np.isnan(rows).all(axis=1)], (0, 1))
    assert of.alpha(panel, "nominal")[0] == pytest.approx(of.alpha(plain, "nominal")[0])
