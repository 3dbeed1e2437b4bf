"""Pass rates of few: R's exact limits, Jeffreys's prior, and results that nobody knows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from arrays import ask, check_of, rows_of

from evaluate.errors import Refused
from evaluate.inference.pass_rate import Prior, pass_rate
from evaluate.methods.pass_rates import METHOD, PassRates

EXACT, JEFFREYS = (0.322869766206, 0.83663567614), (0.352831165934, 0.812483487599)
ABOVE, NONE = 0.878318103074, 0.218019360911


def test_equals_r() -> None:
    # binom.test(9, 15)$conf.int; qbeta(c(.025, .975), 9.5, 6.5); 1 - pbeta(.45, 9.5, 6.5)
    found = pass_rate(9, 15, reference=0.45)
    assert (found.conf_low, found.conf_high) == pytest.approx(EXACT, rel=1e-9)
    assert (found.credible_low, found.credible_high) == pytest.approx(JEFFREYS, rel=1e-9)
    assert found.above == pytest.approx(ABOVE, rel=1e-9)
    none, all_ = pass_rate(0, 15), pass_rate(15, 15)
    assert (none.conf_low, none.conf_high) == (0.0, pytest.approx(NONE, rel=1e-9))
    assert (all_.conf_low, all_.conf_high) == (pytest.approx(1 - NONE, rel=1e-9), 1.0)


def test_exact_limits_hold_their_promise() -> None:
    from scipy.stats import binom

    n = 15
    limits = [pass_rate(x, n) for x in range(n + 1)]
    for p in (0.05, 0.3, 0.45, 0.8):
        inside = [one.conf_low <= p <= one.conf_high for one in limits]
        assert float(binom.pmf(np.arange(n + 1), n, p) @ np.array(inside)) >= 0.95


def test_a_prior_is_so_many_seen_before() -> None:
    believed = pass_rate(9, 15, prior=Prior(4.5, 2.5))
    seen = pass_rate(13, 21)
    assert believed.credible_low == pytest.approx(seen.credible_low, rel=1e-12)
    assert believed.share == 9 / 15


@pytest.mark.parametrize(("n", "prior"), [(0, None), (5, Prior(0.0, 1.0))])
def test_what_is_no_rate_is_refused(n: int, prior: Prior | None) -> None:
    with pytest.raises(Refused):
        pass_rate(0, n, prior=prior)


def test_unknown_results_bound_the_rate_and_fire() -> None:
    passed = np.array([1.0] * 9 + [0.0] * 6 + [np.nan] * 5)
    record: dict[str, Any] = {"passed": passed, "term": ["a"] * 15 + ["b"] * 5}
    spec = PassRates(record="exams", passed="passed", group="term")
    result = ask(METHOD, spec, record)
    rows = rows_of(result, "rates")
    assert (rows["all"]["bound_low"], rows["all"]["bound_high"]) == (9 / 20, 14 / 20)
    assert rows["b"] == {"group": "b", "n": 0, "n_passed": 0, "n_unknown": 5, "state": "nobody"}
    assert check_of(result, "passes_known").result == "failed"
    whole = ask(METHOD, spec, {"passed": passed[:15], "term": ["a"] * 15})
    assert check_of(whole, "passes_known").result == "passed"
