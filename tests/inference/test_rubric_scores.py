"""Scores of plans by hand."""

from __future__ import annotations

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.rubric import by_reader, met, reader_pairs, scores, share_met
from evaluate.inference.wilson import wilson

ROWS = np.array([(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1)])
SCORE = np.array([3.0, 1, 2, 0, 2, 3])


def test_over_readers() -> None:
    found = scores(ROWS, SCORE, (2, 2, 2))
    assert found.middle.tolist() == [[2.0, 2.0], [0.0, 2.5]]
    assert found.lowest.tolist() == [[1.0, 2.0], [0.0, 2.0]]
    assert found.highest.tolist() == [[3.0, 2.0], [0.0, 3.0]]
    assert found.readers.tolist() == [[2, 1], [1, 2]]


def test_scored_twice() -> None:
    with pytest.raises(Refused) as caught:
        scores(np.vstack([ROWS, ROWS[:1]]), np.append(SCORE, 2.0), (2, 2, 2))
    assert caught.value.code == "scored_twice"


def test_short_on_one_criterion_is_short_whatever_is_missing() -> None:
    nan = np.nan
    score = np.array([[2.0, 2], [2, 0], [nan, 0], [2, nan], [nan, nan]])
    enough, known = met(score, np.array([1.0, 1.0]))
    assert enough.tolist() == [True, False, False, False, False]
    assert known.tolist() == [True, True, True, False, False]


class TestShare:
    MET = np.array([True, True, False, True, False, False])
    KNOWN = np.array([True, True, True, True, True, False])

    def test_bounds_and_interval(self) -> None:
        found = share_met(self.MET, self.KNOWN)
        assert (found.met, found.n, found.unknown) == (3, 5, 1)
        assert (found.low, found.high) == (3 / 6, 4 / 6)
        assert (found.conf_low, found.conf_high) == wilson(3, 5)

    def test_plans_of_one_organiser_that_are_alike_count_once(self) -> None:
        met_ = np.repeat([True, False, True, False], 5)
        found = share_met(met_, np.ones(20, dtype=bool), np.repeat(np.arange(4), 5))
        assert found.design_effect == pytest.approx(5.0)
        assert (found.conf_low, found.conf_high) == pytest.approx(wilson(2, 4))

    def test_organisers_who_do_not_matter_cost_nothing(self) -> None:
        met_ = np.tile([True, False], 10)
        found = share_met(met_, np.ones(20, dtype=bool), np.repeat(np.arange(5), 4))
        assert found.design_effect == 1.0

    def test_nothing_is_known(self) -> None:
        with pytest.raises(Refused) as caught:
            share_met(self.MET, np.zeros(6, dtype=bool))
        assert caught.value.code == "no_plans"


def test_readers_by_pairs() -> None:
    found = reader_pairs(by_reader(ROWS, SCORE, (2, 2, 2)))
    assert found is not None
    # (3, 1) two apart and (2, 3) one apart.
    assert (found.pairs, found.same, found.near) == (2, 0.0, 0.5)
    assert reader_pairs(by_reader(ROWS[:1], SCORE[:1], (2, 2, 2))) is None
