"""Weights of being complete: by cells they are shares, and they undo what they account for."""

from __future__ import annotations

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.observed_weights import observed_weights


def test_with_one_binary_covariate_they_are_one_over_the_shares() -> None:
    rng = np.random.default_rng(0)
    x, treated, whole = (rng.random(200) < p for p in (0.4, 0.5, 0.7))
    found = observed_weights(x[:, None] * 1.0, treated, whole, np.ones(200))
    for arm in (treated, ~treated):
        for kind in (x, ~x):
            cell = arm & kind
            share = whole[cell].mean()
            assert found[cell & whole] == pytest.approx(np.full((cell & whole).sum(), 1 / share))
    assert not found[~whole].any()


def test_logit_is_that_of_a_peer() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(1)
    x = rng.normal(size=(300, 2)) * [1, 1000]
    treated = np.ones(300, bool)
    treated[:150] = False
    whole = rng.random(300) < 1 / (1 + np.exp(-1 - x[:, 0]))
    w = rng.random(300) + 0.5
    found = observed_weights(x, treated, whole, w)
    for arm in (treated, ~treated):
        design = sm.add_constant(x[arm] / [1, 1000])
        fit = sm.GLM(
            whole[arm] * 1.0, design, family=sm.families.Binomial(), freq_weights=w[arm]
        ).fit()
        expected = np.where(whole[arm], 1 / fit.fittedvalues, 0)
        assert found[arm] == pytest.approx(expected, rel=1e-7)


def test_order_scale_and_a_constant_column_change_nothing() -> None:
    rng = np.random.default_rng(2)
    x, treated = rng.normal(size=(120, 2)), np.arange(120) % 2 == 0
    whole, w = rng.random(120) < 0.7, np.ones(120)
    found = observed_weights(x, treated, whole, w)
    order = rng.permutation(120)
    wide = np.column_stack([1e6 * x + 4, np.ones(120), x[:, 0] + x[:, 1]])
    other = observed_weights(wide[order], treated[order], whole[order], w)
    assert other == pytest.approx(found[order], rel=1e-7)
    assert observed_weights(x, treated, np.ones(120, bool), w) == pytest.approx(np.ones(120))


def test_refusals() -> None:
    x, treated = np.arange(20.0)[:, None], np.arange(20) % 2 == 0
    with pytest.raises(Refused) as refused:
        observed_weights(x, treated, np.arange(20) < 10, np.ones(20))
    assert refused.value.code == "separation"
    with pytest.raises(Refused) as refused:
        observed_weights(x, treated, treated, np.ones(20))
    assert refused.value.code == "all_missing"
