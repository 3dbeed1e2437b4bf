"""Tracing: against Bayes' rule written out, brute force over the ranges, and known cases."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.tracing import classify, trace
from evaluate.inference.tracing_parts import Piece, Span, Together


def sure(p: float) -> Span:
    return Span(p, p, p)


def piece(key: str, true: float, false: float, seen: str = "yes", group: str = "") -> Piece:
    return Piece(key, sure(true), (sure(false),), seen, group or key)  # type: ignore[arg-type]


def test_one_test_result_is_the_textbook_answer() -> None:
    """Prevalence 1 %, sensitivity 80 %, false alarms 9.6 %: 7.8 % (Eddy 1982)."""
    found = trace(sure(0.01), [1.0], [piece("alarm", 0.8, 0.096)])
    assert found.posterior == pytest.approx(0.008 / (0.008 + 0.09504), rel=1e-12)
    assert found.low == pytest.approx(found.posterior) == pytest.approx(found.high)


def test_a_missing_piece_that_should_have_been_there_counts_against() -> None:
    found = trace(sure(0.5), [1.0], [piece("minutes", 0.95, 0.4, "no")])
    assert found.ratio == pytest.approx(0.05 / 0.6)
    assert found.posterior < 0.1


def test_what_was_not_looked_for_says_nothing() -> None:
    found = trace(sure(0.3), [1.0], [piece("minutes", 0.95, 0.01, "not_looked_for")])
    assert found.posterior == pytest.approx(0.3)
    assert found.pieces[0].ratio == 1.0
    assert not found.pieces[0].counted
    assert found.groups == 0


@pytest.mark.parametrize("seed", range(5))
def test_rivals_are_a_mixture_as_the_joint_distribution_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(3))
    true, false = rng.uniform(0.05, 0.95, 4), rng.uniform(0.05, 0.95, (4, 3))
    seen = rng.choice(["yes", "no"], 4)
    pieces = [
        Piece(f"e{i}", sure(true[i]), tuple(map(sure, false[i])), seen[i], f"g{i}")
        for i in range(4)
    ]
    prior = np.concatenate([[0.3], 0.7 * shares])
    chance = np.column_stack([true, false])
    chance = np.where(seen[:, None] == "yes", chance, 1 - chance)
    joint = prior * chance.prod(axis=0)
    expected = joint / joint.sum()
    found = trace(sure(0.3), list(shares), pieces)
    assert found.posterior == pytest.approx(expected[0], rel=1e-10)
    assert found.rivals == pytest.approx(expected[1:], rel=1e-10)
    assert found.prior_half == pytest.approx(
        1 / (1 + found.posterior / (1 - found.posterior) * 0.7 / 0.3), rel=1e-10
    )


@pytest.mark.parametrize("seed", range(4))
def test_bounds_are_those_of_every_corner_of_the_ranges(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def span() -> Span:
        return Span(*sorted(rng.uniform(0.05, 0.95, 3)))

    shares = [0.6, 0.4]
    pieces = [
        Piece(f"e{i}", span(), (span(), span()), ("yes", "no")[i % 2], f"g{i}")  # type: ignore[arg-type]
        for i in range(2)
    ]
    prior = span()
    spans = [prior, *(s for one in pieces for s in (one.if_true, *one.if_false))]
    reached = []
    for ends in itertools.product(*((s.low, s.high) for s in spans)):
        at = [sure(one) for one in ends]
        corner = [
            replace(one, if_true=at[1 + 3 * i], if_false=tuple(at[2 + 3 * i : 4 + 3 * i]))
            for i, one in enumerate(pieces)
        ]
        reached.append(trace(at[0], shares, corner).posterior)
    found = trace(prior, shares, pieces)
    assert found.low == pytest.approx(min(reached), rel=1e-10)
    assert found.high == pytest.approx(max(reached), rel=1e-10)
    assert found.low < found.posterior < found.high


def test_pieces_from_one_source_are_not_multiplied() -> None:
    alone = trace(sure(0.2), [1.0], [piece("a", 0.6, 0.1)])
    twice = trace(
        sure(0.2), [1.0], [piece("a", 0.6, 0.1, group="s"), piece("b", 0.5, 0.2, group="s")]
    )
    apart = trace(sure(0.2), [1.0], [piece("a", 0.6, 0.1), piece("b", 0.5, 0.2)])
    assert twice.posterior == pytest.approx(alone.posterior)
    assert [one.counted for one in twice.pieces] == [True, False]
    assert twice.groups == 1
    assert apart.posterior > twice.posterior


def test_what_speaks_against_is_kept_beside_what_speaks_for() -> None:
    pieces = [
        piece("for", 0.6, 0.05, group="s"),
        piece("also for", 0.6, 0.3, group="s"),
        piece("against", 0.9, 0.3, "no", group="s"),
    ]
    found = trace(sure(0.5), [1.0], pieces)
    assert [one.counted for one in found.pieces] == [True, False, True]
    assert found.ratio == pytest.approx(12 * (0.1 / 0.7))


def test_pieces_that_say_nothing_leave_the_prior() -> None:
    pieces = [piece("a", 0.4, 0.4, group="s"), piece("b", 0.2, 0.2, group="s")]
    found = trace(sure(0.35), [1.0], pieces)
    assert found.posterior == pytest.approx(0.35)
    assert sum(one.counted for one in found.pieces) == 1


def test_a_joint_judgement_replaces_the_pieces_of_its_group() -> None:
    pieces = [
        piece("a", 0.6, 0.1, group="s"),
        piece("b", 0.6, 0.1, group="s"),
        piece("c", 0.5, 0.4),
    ]
    joint = {"s": Together(sure(0.5), (sure(0.08),))}
    found = trace(sure(0.5), [1.0], pieces, together=joint)
    assert found.ratio == pytest.approx(0.5 / 0.08 * 0.5 / 0.4)
    assert [one.counted for one in found.pieces] == [False, False, True]
    assert found.groups == 2


def test_order_and_rival_order_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    pieces = [
        Piece(f"e{i}", sure(t), (sure(a), sure(b)), "yes", f"g{i % 3}")
        for i, (t, a, b) in enumerate(rng.uniform(0.1, 0.9, (6, 3)))
    ]
    swapped = [replace(one, if_false=one.if_false[::-1]) for one in reversed(pieces)]
    one, other = trace(sure(0.4), [0.7, 0.3], pieces), trace(sure(0.4), [0.3, 0.7], swapped)
    assert one.posterior == pytest.approx(other.posterior, rel=1e-12)
    assert one.rivals == pytest.approx(other.rivals[::-1], rel=1e-12)


def test_the_prior_that_would_be_needed_gives_the_posterior_it_promises() -> None:
    pieces = [piece("a", 0.3, 0.25), piece("b", 0.9, 0.5)]
    first = trace(sure(0.1), [1.0], pieces)
    for needed, reached in ((first.prior_half, 0.5), (first.prior_sure, 0.95)):
        assert trace(sure(needed), [1.0], pieces).posterior == pytest.approx(reached, rel=1e-10)


@pytest.mark.parametrize(
    ("true", "false", "test"),
    [
        (0.95, 0.5, "hoop"),
        (0.9, 0.5, "hoop"),
        (0.3, 0.05, "smoking_gun"),
        (0.25, 0.05, "smoking_gun"),
        (0.9, 0.1, "doubly_decisive"),
        (0.6, 0.4, "straw_in_the_wind"),
        (0.8, 0.2, "straw_in_the_wind"),
        (0.05, 0.3, "straw_in_the_wind"),
    ],
)
def test_kinds_of_test(true: float, false: float, test: str) -> None:
    assert classify(true, false) == test


def test_pieces_are_weighed_as_long_as_their_odds_are_a_number() -> None:
    pieces = [piece(f"e{i}", 0.99, 0.01) for i in range(400)]
    found = trace(sure(0.5), [1.0], pieces[:150])
    assert found.posterior == 1.0
    against = [replace(one, observed="no") for one in pieces]
    found = trace(sure(0.5), [1.0], against[:150])
    # 99 to the power of -150; the product of 150 odds is rounded 150 times.
    assert found.posterior == pytest.approx(99.0**-150, rel=1e-10)
    for many in (pieces, against):
        with pytest.raises(Refused) as refused:
            trace(sure(0.5), [1.0], many)
        assert refused.value.code == "beyond_numbers"


@pytest.mark.parametrize(
    ("prior", "shares", "true", "code"),
    [
        (0.0, [1.0], sure(0.5), "certain_probability"),
        (0.5, [1.0], sure(1.0), "certain_probability"),
        (0.5, [1.0], Span(0.6, 0.5, 0.7), "certain_probability"),
        (0.5, [0.8], sure(0.5), "rivals_shares"),
        (0.5, [0.5, 0.5], sure(0.5), "rivals_differ"),
    ],
)
def test_what_cannot_be_weighed_is_refused(
    prior: float, shares: list[float], true: Span, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        trace(sure(prior), shares, [Piece("e", true, (sure(0.4),), "yes", "g")])
    assert refused.value.code == code
