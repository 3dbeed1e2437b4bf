"""Ways through a theory: as many as a graph library counts, and the weakest link of each."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from evaluate.inference.theory_paths import GRADES, Link, cycle, ways


def drawn(seed: int, size: int = 8, density: float = 0.4) -> list[Link]:
    rng = np.random.default_rng(seed)
    names = [f"n{i}" for i in rng.permutation(size)]
    return [
        Link(names[i], names[j], GRADES[int(rng.integers(len(GRADES)))])
        for i in range(size)
        for j in range(i + 1, size)
        if rng.random() < density
    ]


@pytest.mark.parametrize("seed", range(8))
def test_ways_are_all_simple_paths(seed: int) -> None:
    links = drawn(seed)
    graph = nx.DiGraph([(one.start, one.end) for one in links])
    starts = [one for one in graph if graph.in_degree(one) == 0]
    ends = {one for one in graph if graph.out_degree(one) == 0} | {"n3"}
    expected = {
        tuple(path)
        for start in starts
        for end in ends
        if start != end and start in graph and end in graph
        for path in nx.all_simple_paths(graph, start, end)
    }
    found, total = ways(links, starts, ends, most=10_000)
    assert {one.nodes for one in found} == expected
    assert len(found) == total == len(expected)
    for one in found:
        grades = [GRADES.index(links[i].grade) for i in one.links]
        assert GRADES.index(links[one.weakest].grade) == min(grades)
        assert [links[i].start for i in one.links] == list(one.nodes[:-1])


@pytest.mark.parametrize("seed", range(8))
def test_a_circle_is_found_where_there_is_one(seed: int) -> None:
    links = drawn(seed)
    assert cycle(links) == ()
    graph = nx.DiGraph([(one.start, one.end) for one in links])
    start, end = next((a, b) for a in graph for b in nx.descendants(graph, a))
    back = Link(end, start, "assumed")
    found = cycle([*links, back])
    graph.add_edge(end, start)
    assert all(graph.has_edge(a, b) for a, b in zip(found, (*found[1:], found[0]), strict=True))
    assert found
    assert cycle([*links, Link(end, start, "assumed", feedback=True)]) == ()


def test_a_link_to_itself_is_a_circle() -> None:
    assert cycle([Link("a", "a", "assumed")]) == ("a",)


def test_feedback_is_on_no_way() -> None:
    links = [Link("a", "b", "rct"), Link("b", "a", "assumed", feedback=True)]
    found, total = ways(links, ["a"], {"b"})
    assert total == 1
    assert found[0].nodes == ("a", "b")


def test_very_many_ways_are_counted_and_not_listed() -> None:
    """A ladder of 40 rungs with two ways at each: more than 10^12 in all."""
    links = [Link(f"{i}", f"{i}{side}", "described") for i in range(40) for side in "ab"] + [
        Link(f"{i}{side}", f"{i + 1}", "described") for i in range(40) for side in "ab"
    ]
    found, total = ways(links, ["0"], {"40"}, most=60)
    assert total == 2**40
    assert len(found) == 60


def test_dead_ends_are_not_walked() -> None:
    """As many ways again that lead nowhere: found at once all the same."""
    ladder = [Link(f"{i}", f"{i}{side}", "described") for i in range(40) for side in "ab"]
    ladder += [Link(f"{i}{side}", f"{i + 1}", "described") for i in range(40) for side in "ab"]
    found, total = ways([*ladder, Link("0", "end", "rct")], ["0"], {"end"})
    assert total == len(found) == 1
