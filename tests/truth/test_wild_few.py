"""The restricted wild cluster bootstrap with ten clusters, every sign pattern taken.

Motor vehicle deaths, states 1 to 12: our own enumeration of all 1024 patterns in R, and R
``fwildclusterboot`` and Python ``wildboottest``, which agree.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from evaluate.inference.linear import Fit, GroupMoments, fit
from evaluate.inference.wild import wild_bootstrap

LEGAL = np.array([0.0, 1.0, 0.0])
STATISTIC, COEFFICIENT = -1.086240061547, -9.119146204401
P_VALUE, P_STRICT = 0.4375, 0.435546875
LIMITS = (-32.106353957571, 5.261086282791)
PATTERNS = 1024

pytestmark = pytest.mark.truth


def deaths() -> tuple[GroupMoments, Fit]:
    """Return the moments by state of (1, legal, beertaxa) and the death rate, and the fit."""
    path = Path(os.environ["EVALUATE_TRUTH"]) / "data" / "mortality_mva.csv"
    names = ("mrate", "legal", "beertaxa", "state")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[row[name] for name in names] for row in csv.DictReader(file)]
    known = [list(map(float, row)) for row in rows if not {"", "NA"} & set(row)]
    few = np.array([row for row in known if row[3] <= 12])
    x = np.column_stack([np.ones(len(few)), few[:, 1:3]])
    parts = [(x[few[:, 3] == one], few[few[:, 3] == one, 0]) for one in np.unique(few[:, 3])]
    groups = GroupMoments(
        n=np.array([len(y) for _, y in parts]),
        xx=np.array([z.T @ z for z, _ in parts]),
        xy=np.array([z.T @ y for z, y in parts]),
        yy=np.array([y @ y for _, y in parts]),
    )
    return groups, fit(groups)


def test_every_sign_pattern() -> None:
    groups, fitted = deaths()
    found = wild_bootstrap(groups, fitted, LEGAL, seed=(1,), std_error="CR1S")
    assert (found.n_draws, found.exact, found.weights) == (PATTERNS, True, "rademacher")
    assert fitted.coefficients[1] == pytest.approx(COEFFICIENT, rel=1e-9)
    assert found.statistic == pytest.approx(STATISTIC, rel=1e-9)
    assert found.p_value == P_VALUE
    # The references leave out the identity and its mirror image, which tie with the data.
    assert found.p_value - 2 / PATTERNS == P_STRICT
    assert int(np.isclose(np.abs(found.draws), -STATISTIC, rtol=1e-9, atol=0).sum()) == 2


def test_the_interval() -> None:
    groups, fitted = deaths()
    # Their p-value lies 2/1024 below ours at each null, so that their 95 % are these of ours.
    strict = wild_bootstrap(groups, fitted, LEGAL, seed=(1,), conf_level=0.95 - 2 / PATTERNS)
    # The two references differ from each other by about as much: each stops its search early.
    assert (strict.conf_low, strict.conf_high) == pytest.approx(LIMITS, abs=2e-3)
    found = wild_bootstrap(groups, fitted, LEGAL, seed=(1,))
    assert found.conf_low < strict.conf_low
    assert found.conf_high > strict.conf_high
    # One further pattern and its mirror: the limits agree to the case's own 0.5 %.
    assert (found.conf_low, found.conf_high) == pytest.approx(LIMITS, rel=5e-3)
