"""Networks against hand computation, brute force and networkx."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.network import Network, density, network_of, shape, unknown_pairs
from evaluate.inference.network_change import change, survival
from evaluate.inference.network_permutation import relabelling_test
from evaluate.inference.network_roles import ROLES, betweenness, brokerage, coreness, roles
from evaluate.inference.network_sectors import mixing, sector_ties


def made(pairs: list[tuple[int, int]], sector: list[int], **how: object) -> Network:
    found: dict[str, object] = {"directed": False} | how
    return network_of(
        np.array(pairs, dtype=np.int64).reshape(-1, 2), np.array(sector, dtype=np.int64), **found
    )


def drawn(n: int, share: float, seed: int, *, directed: bool = True) -> Network:
    rng = np.random.default_rng(seed)
    pairs = np.argwhere((rng.random((n, n)) < share) & ~np.eye(n, dtype=bool))
    return network_of(pairs, rng.integers(0, 3, n), directed=directed)


STAR = [(0, 1), (0, 2), (0, 3), (0, 4)]


class TestByHand:
    def test_a_star_is_as_central_as_can_be(self) -> None:
        net = made(STAR, [0] * 5)
        assert density(net).share == 4 / 10
        assert shape(net).centralisation == 1.0
        assert betweenness(net.ties).tolist() == [1.0, 0, 0, 0, 0]
        assert shape(net).components == 1

    def test_a_ring_has_no_centre(self) -> None:
        net = made([(0, 1), (1, 2), (2, 3), (3, 0)], [0] * 4)
        assert shape(net).centralisation == 0.0
        # Each of the two pairs that are not tied has two shortest paths.
        assert betweenness(net.ties) == pytest.approx([1 / 6] * 4, rel=1e-12)
        assert coreness(net.ties).tolist() == [2, 2, 2, 2]

    def test_isolates_are_parts_of_their_own(self) -> None:
        found = shape(made([(0, 1)], [0] * 4))
        assert (found.components, found.largest, found.isolates) == (3, 2, 2)

    def test_returned_ties(self) -> None:
        net = made([(0, 1), (1, 0), (1, 2)], [0] * 3, directed=True)
        found = shape(net)
        assert found.reciprocity == 2 / 3
        # Sent 1, 2, 0: (2-1) + (2-0) = 3 of (3-1)^2; received 1, 1, 1.
        assert found.centralisation == 3 / 4
        assert found.centralisation_in == 0.0

    def test_what_is_told_twice_counts_once(self) -> None:
        one = made([(0, 1), (1, 0), (0, 1)], [0] * 3)
        assert one.n_ties == 1

    @pytest.mark.parametrize(
        ("sector", "role"),
        [
            ([0, 0, 0], "coordinator"),
            ([0, 1, 0], "itinerant"),
            ([0, 1, 1], "gatekeeper"),
            ([0, 0, 1], "representative"),
            ([0, 1, 2], "liaison"),
        ],
    )
    def test_each_role_of_a_broker(self, sector: list[int], role: str) -> None:
        net = made([(0, 1), (1, 2)], sector, directed=True)
        counts = brokerage(net)
        assert counts.sum() == 1
        assert counts[1, ROLES.index(role)] == 1

    def test_a_closed_triangle_has_no_broker(self) -> None:
        assert brokerage(made([(0, 1), (1, 2), (0, 2)], [0, 1, 2], directed=True)).sum() == 0

    def test_without_direction_a_pair_counts_once(self) -> None:
        star = brokerage(made(STAR, [0, 1, 1, 2, 0]))
        # Six pairs around 0: {1,2} of one other sector; with 4, of its own: 3; the rest differ.
        by_role = dict(zip(ROLES, star[0].tolist(), strict=True))
        assert by_role == {
            "coordinator": 0,
            "itinerant": 1,
            "gatekeeper": 3,
            "representative": 0,
            "liaison": 2,
        }

    def test_groups_rule_out_pairs(self) -> None:
        net = made([(0, 1), (2, 3)], [0] * 5, group=np.array([0, 0, 1, 1, 1]))
        assert density(net).n_pairs == 1 + 3
        assert density(net).share == 2 / 4


class TestNoAnswer:
    def test_without_direction_one_word_is_enough(self) -> None:
        answered = np.array([True, True, False, False])
        net = made([(0, 1), (0, 2)], [0] * 4, answered=answered)
        found = density(net)
        # Pairs 0-3, 1-2, 1-3 and 2-3 are not told of by both, and not told as ties.
        assert found.n_unknown == 4
        assert (found.low, found.high) == (2 / 6, 6 / 6)
        assert found.share == 2 / 2

    def test_with_direction_the_senders_word_is_needed(self) -> None:
        net = made([(0, 1)], [0] * 3, directed=True, answered=np.array([True, True, False]))
        assert unknown_pairs(net).tolist() == [[False] * 3, [False] * 3, [True, True, False]]

    def test_bounds_hold_whatever_the_silent_would_have_said(self) -> None:
        whole = drawn(7, 0.3, 1)
        told = np.array([True, False, True, True, False, True, True])
        seen = Network(whole.ties & told[:, None], whole.sector, True, told, whole.allowed)
        found = density(seen)
        assert found.low <= density(whole).share <= found.high

    def test_nobody_answered(self) -> None:
        with pytest.raises(Refused, match="nobody told") as caught:
            density(made([], [0] * 3, answered=np.zeros(3, dtype=bool)))
        assert caught.value.code == "nobody_answered"


class TestBadInput:
    @pytest.mark.parametrize(
        ("pairs", "sector", "how", "code"),
        [
            ([], [0], {}, "too_few_actors"),
            ([(1, 1)], [0, 0], {}, "tie_to_itself"),
            ([(0, 1)], [0, 0], {"group": np.array([0, 1])}, "tie_across_groups"),
        ],
    )
    def test_is_refused(
        self, pairs: list[tuple[int, int]], sector: list[int], how: dict[str, object], code: str
    ) -> None:
        with pytest.raises(Refused) as caught:
            made(pairs, sector, **how)
        assert caught.value.code == code

    def test_no_two_could_be_tied(self) -> None:
        with pytest.raises(Refused) as caught:
            density(made([], [0, 0], group=np.array([0, 1])))
        assert caught.value.code == "no_pairs"


class TestAgainstOthers:
    @pytest.mark.parametrize("directed", [True, False])
    @pytest.mark.parametrize("seed", range(6))
    def test_networkx(self, directed: bool, seed: int) -> None:
        nx = pytest.importorskip("networkx")
        net = drawn(12, 0.18, seed, directed=directed)
        graph = nx.from_numpy_array(
            net.ties.astype(int), create_using=nx.DiGraph if directed else nx.Graph
        )
        found, how = roles(net), shape(net)
        between = nx.betweenness_centrality(graph, normalized=True)
        assert found.betweenness == pytest.approx([between[i] for i in range(12)], rel=1e-12)
        core = nx.core_number(graph.to_undirected())
        assert found.core.tolist() == [core[i] for i in range(12)]
        assert density(net).share == pytest.approx(nx.density(graph), rel=1e-12)
        weak = nx.weakly_connected_components(graph) if directed else nx.connected_components(graph)
        sizes = [len(one) for one in weak]
        assert (how.components, how.largest) == (len(sizes), max(sizes))
        if directed:
            assert how.reciprocity == pytest.approx(nx.reciprocity(graph), rel=1e-12)

    @pytest.mark.parametrize("seed", range(4))
    def test_betweenness_of_every_path(self, seed: int) -> None:
        net = drawn(6, 0.35, seed)
        assert betweenness(net.ties) == pytest.approx(by_every_path(net.ties), rel=1e-12)

    @pytest.mark.parametrize("seed", range(4))
    def test_brokers_one_by_one(self, seed: int) -> None:
        net = drawn(7, 0.4, seed)
        counts = np.zeros((7, len(ROLES)), dtype=int)
        for a, b, c in permutations(range(7), 3):
            if net.ties[a, b] and net.ties[b, c] and not net.ties[a, c]:
                x, y, z = net.sector[[a, b, c]]
                role = (
                    "coordinator"
                    if x == y == z
                    else "itinerant"
                    if x == z
                    else "gatekeeper"
                    if y == z
                    else "representative"
                    if x == y
                    else "liaison"
                )
                counts[b, ROLES.index(role)] += 1
        assert brokerage(net).tolist() == counts.tolist()


def by_every_path(ties: np.ndarray) -> list[float]:
    """Return betweenness by listing every path without a repeated actor."""
    n = len(ties)
    total = np.zeros(n)
    for a, c in permutations(range(n), 2):
        others = [i for i in range(n) if i not in (a, c)]
        for length in range(n - 1):
            paths = [
                inner
                for inner in permutations(others, length)
                if all(ties[i, j] for i, j in zip((a, *inner), (*inner, c), strict=True))
            ]
            if paths:
                for inner in paths:
                    total[list(inner)] += 1 / len(paths)
                break
    return (total / ((n - 1) * (n - 2))).tolist()


class TestSectors:
    def test_index_by_hand(self) -> None:
        net = made([(0, 1), (0, 2), (2, 3)], [0, 0, 1, 1])
        found = mixing(net, np.random.default_rng(0))
        assert found is not None
        assert (found.across, found.within) == (1, 2)
        assert found.ei == pytest.approx(-1 / 3, rel=1e-12)
        # Four of six pairs cross sectors, whoever is who.
        assert found.expected == pytest.approx(2 * 4 / 6 - 1, rel=1e-12)

    def test_chance_is_every_relabelling(self) -> None:
        net = drawn(5, 0.4, 3)
        cross = net.sector[:, None] != net.sector[None, :]
        test = relabelling_test(net.ties, cross, [np.arange(5)], np.random.default_rng(0))
        every = np.array(
            [(net.ties & cross[np.ix_(one, one)]).sum() for one in permutations(range(5))]
        )
        far = np.abs(every - every.mean()) >= abs(test.observed - every.mean()) - 1e-9
        assert test.exact
        assert test.expected == pytest.approx(every.mean(), rel=1e-12)
        assert test.p_value == pytest.approx(far.mean(), rel=1e-12)
        assert test.p_more == pytest.approx((every >= test.observed).mean(), rel=1e-12)

    def test_drawn_chance_is_near_the_exact(self) -> None:
        net = drawn(7, 0.4, 5)
        cross = net.sector[:, None] != net.sector[None, :]
        rng = np.random.default_rng(1)
        exact = relabelling_test(net.ties, cross, [np.arange(7)], rng)
        # An eighth actor without ties does not change what is tied, but means drawing.
        padded = np.zeros((8, 8), dtype=bool)
        padded[:7, :7] = net.ties
        wide = np.zeros((8, 8), dtype=bool)
        wide[:7, :7] = cross
        test = relabelling_test(padded, wide, [np.arange(8)], rng, draws=4000)
        assert not test.exact
        assert test.observed == exact.observed

    def test_random_ties_are_seldom_called_unlike_chance(self) -> None:
        values = []
        for seed in range(200):
            net = drawn(7, 0.3, 1000 + seed)
            found = mixing(net, np.random.default_rng(0))
            values.append(1.0 if found is None else found.p_value)
        # 5 % of 200 with the 99.9 % binomial band reaches 22.
        assert np.sum(np.array(values) < 0.05) <= 22

    def test_ties_within_sectors_only_are_found(self) -> None:
        pairs = [*combinations(range(3), 2), *combinations(range(3, 6), 2)]
        found = mixing(made(pairs, [0, 0, 0, 1, 1, 1]), np.random.default_rng(0))
        assert found is not None
        assert found.ei == -1.0
        # Of the ten ways to split six into two threes one gives this.
        assert found.p_value == pytest.approx(0.1, rel=1e-9)

    @pytest.mark.parametrize("directed", [True, False])
    def test_ties_between_sectors_add_up(self, directed: bool) -> None:
        net = drawn(9, 0.3, 8, directed=directed)
        ties, pairs = sector_ties(net, 3)
        if not directed:
            assert np.array_equal(ties, ties.T)
            ties, pairs = np.triu(ties), np.triu(pairs)
        assert ties.sum() == net.n_ties
        assert pairs.sum() == net.counted(net.allowed)

    @pytest.mark.parametrize("n", [6, 10])
    def test_names_do_not_matter(self, n: int) -> None:
        net = drawn(n, 0.3, 11)
        order = np.random.default_rng(3).permutation(n)
        other = Network(
            net.ties[np.ix_(order, order)],
            net.sector[order],
            True,
            net.answered[order],
            net.allowed[np.ix_(order, order)],
        )
        one, again = (mixing(x, np.random.default_rng(2), draws=500) for x in (net, other))
        assert one == again


BEFORE = [(0, 1), (1, 2), (2, 3), (3, 4)]
AFTER = [(0, 1), (1, 2), (0, 4)]


class TestChange:
    def test_kept_lost_and_new_by_hand(self) -> None:
        one, two = made(BEFORE, [0] * 5), made(AFTER, [0] * 5)
        found = change(one, two, np.random.default_rng(0))
        assert (found.kept, found.lost, found.created, found.unknown) == (2, 2, 1, 0)
        assert found.jaccard == 2 / 5
        assert found.kept_by_chance == pytest.approx(4 * 3 / 10, rel=1e-12)
        assert found.density == pytest.approx(-1 / 10, rel=1e-12)

    def test_interval_leaves_out_actors(self) -> None:
        one, two = made(BEFORE, [0] * 5), made(AFTER, [0] * 5)
        found = change(one, two, np.random.default_rng(0))
        without = []
        for i in range(5):
            left = [j for j in range(5) if j != i]
            part = two.ties.astype(int)[np.ix_(left, left)] - one.ties[np.ix_(left, left)]
            without.append(part.sum() / 12)
        variance = 3 / 10 * np.square(np.array(without) - np.mean(without)).sum()
        half = 2.7764451051977987 * np.sqrt(variance)  # qt(0.975, 4)
        assert found.df == 4
        assert found.conf_high == pytest.approx(-0.1 + half, rel=1e-9)

    def test_survival_is_wilsons_where_ties_look_independent(self) -> None:
        one, two = made(BEFORE, [0] * 5), made(AFTER, [0] * 5)
        found = survival(one, two, one.ties)
        assert (found.n_before, found.kept, found.lost) == (4, 2, 2)
        assert found.share == 0.5
        assert found.design_effect >= 1
        # prop.test(2, 4, correct = FALSE) is the narrowest it can be.
        assert found.conf_low <= 0.1500390
        assert found.conf_high >= 0.8499609

    def test_a_tie_that_nobody_tells_of_is_not_lost(self) -> None:
        one = made(BEFORE, [0] * 5)
        two = made(AFTER, [0] * 5, answered=np.array([True, True, True, False, True]))
        found = survival(one, two, one.ties)
        assert (found.kept, found.lost, found.unknown) == (2, 0, 2)
        assert (found.low, found.high) == (0.5, 1.0)

    def test_groups_are_what_varies(self) -> None:
        group = np.repeat([0, 1, 2], 4)
        every = [(4 * g + i, 4 * g + j) for g in range(3) for i, j in combinations(range(4), 2)]
        kept = every[:6]  # all of one group, none of the two others
        one = made(every, [0] * 12, group=group)
        found = survival(one, made(kept, [0] * 12, group=group), one.ties)
        # r = 6 - 2, -2, -2: 24 / 18^2 * 3 / 2 = 1 / 9, over (1/3)(2/3) / 18.
        few = (4.302652729749464 / 1.959963984540054) ** 2  # qt(0.975, 2), qnorm(0.975)
        assert found.design_effect == pytest.approx((1 / 9) / ((2 / 9) / 18) * few, rel=1e-9)

    def test_the_same_network_keeps_more_than_chance(self) -> None:
        net = drawn(6, 0.4, 2)
        found = change(net, net, np.random.default_rng(0))
        assert found.jaccard == 1.0
        assert found.p_value < 0.05
        assert found.conf_low is None

    @pytest.mark.parametrize(
        ("one", "two", "code"),
        [
            (made(STAR, [0] * 5), made(STAR, [0] * 6), "other_actors"),
            (made([], [0] * 5), made([], [0] * 5), "no_ties"),
        ],
    )
    def test_refusals(self, one: Network, two: Network, code: str) -> None:
        with pytest.raises(Refused) as caught:
            change(one, two, np.random.default_rng(0))
        assert caught.value.code == code

    def test_nothing_to_follow(self) -> None:
        net = made([], [0] * 3)
        with pytest.raises(Refused) as caught:
            survival(net, net, net.ties)
        assert caught.value.code == "no_ties"


def shares_covered(groups: int) -> float:
    """Return how often the interval of survival holds the truth, where groups part."""
    rng, held, tried = np.random.default_rng(7), 0, 400
    group = np.repeat(np.arange(groups), 5)
    allowed = np.triu(group[:, None] == group[None, :], 1)
    for _ in range(tried):
        first = allowed & (rng.random(allowed.shape) < 0.7)
        chance = rng.beta(3, 2, groups)[group]  # mean 0.6
        later = first & (rng.random(allowed.shape) < chance[:, None])
        one, two = (
            network_of(np.argwhere(x), np.zeros(5 * groups, int), directed=False, group=group)
            for x in (first, later)
        )
        found = survival(one, two, one.ties)
        held += found.conf_low <= 0.6 <= found.conf_high
    return held / tried


def test_the_interval_of_survival_covers_where_groups_part() -> None:
    # 95 % with the 99.9 % binomial band of 400 draws, one point wider, is 0.90; Wilson's own 0.82.
    assert shares_covered(6) >= 0.90
