"""Networks at several times, from rows of actors, ties and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.network import Flags, Integer, Network, network_of

Rows = Mapping[str, NDArray[Any]]
Keys = tuple[str, ...]
ALL = "all"  # every group together, and every type of tie
ONE = "once"  # the wave of data that have none


@dataclass(frozen=True, slots=True)
class Roster:
    """All actors, and their ties by wave and type.

    Attributes
    ----------
    actors, sectors, groups, types, waves : tuple of str
        What there is; groups and types may be empty, waves are in the order of time.
    sector, group : ndarray of int, shape (n,)
        Of each actor.
    pairs : mapping of (str, str) to ndarray of int, shape (m, 2)
        Ties by wave and type; the type is `ALL` for ties of any.
    answered : mapping of str to ndarray of bool, shape (n,)
        Who told of their ties, by wave; empty where nobody was asked.
    """

    actors: Keys
    sectors: Keys
    groups: Keys
    types: Keys
    waves: Keys
    sector: Integer
    group: Integer
    pairs: Mapping[tuple[str, str], Integer]
    answered: Mapping[str, Flags] = field(default_factory=dict)

    def network(self, wave: str, *, directed: bool, type_: str = ALL, group: str = ALL) -> Network:
        """Return the network of a wave, of one type of tie or group or of all.

        Parameters
        ----------
        wave : str
            Which time.
        directed : bool
            Whether ties have a direction.
        type_, group : str
            Which; `ALL` for all together, where ties across groups are not possible.

        Raises
        ------
        Refused
            Those of ``network_of``.
        """
        pairs = self.pairs[wave, type_]
        told = self.answered.get(wave)
        if group == ALL:
            within = self.group if self.groups else None
            return network_of(pairs, self.sector, directed=directed, answered=told, group=within)
        at = self.members(group)
        new = np.full(len(self.actors), -1, dtype=np.int64)
        new[at] = np.arange(len(at))
        inside = pairs[np.isin(pairs[:, 0], at)]
        return network_of(
            new[inside],
            self.sector[at],
            directed=directed,
            answered=None if told is None else told[at],
        )

    def members(self, group: str) -> Integer:
        """Return the actors of a group, or all."""
        if group == ALL:
            return np.arange(len(self.actors))
        return np.flatnonzero(self.group == self.groups.index(group))

    def parts(self) -> Keys:
        """Return the groups, after all of them together where there are several."""
        return (ALL, *self.groups) if len(self.groups) > 1 else self.groups or (ALL,)


def roster(
    actors: Rows,
    ties: Rows,
    answers: Rows | None,
    *,
    waves: Sequence[str] = (),
    named: Mapping[str, Sequence[str]] | None = None,
) -> Roster:
    """Return actors and ties, sorted by name so that the order of rows does not matter.

    Parameters
    ----------
    actors : mapping of str to ndarray
        ``actor``, ``sector`` and, where ties stay within groups, ``group``.
    ties : mapping of str to ndarray
        ``sender``, ``receiver`` and, if any, ``type``, ``wave`` and ``group``.
    answers : mapping of str to ndarray or None
        ``actor``, ``answered`` (1, 0) and, if any, ``wave`` and ``group``; who has no row did
        not answer.
    waves : sequence of str
        In the order of time; empty where there is one time only.
    named : mapping of str to sequence of str
        What the study gives titles to, by ``"sector"`` and ``"type"``: others are refused.

    Raises
    ------
    Refused
        ``group_missing`` when some records have groups and others not; ``actor_twice``,
        ``name_taken``, ``unknown_actor``, ``unknown_wave``, ``unknown_sector`` and ``unknown_type``.
    """
    order = tuple(waves) or (ONE,)
    given = named or {}
    grouped = "group" in actors
    _require_groups(grouped, ties, answers)
    keys = _keys(actors, "actor", grouped)
    place = {key: i for i, key in enumerate(sorted(set(keys)))}
    if len(place) < len(keys):
        raise Refused(
            "actor_twice",
            "an actor is listed twice, so that its sector is not one",
            "list each actor once, in each group",
        )
    at = np.argsort([place[key] for key in keys])
    sector, sectors = _coded(actors["sector"][at], given.get("sector", ()), "sector")
    group, groups = _coded(actors["group"][at], (), "group") if grouped else (at * 0, ())
    types = _coded(ties["type"], given.get("type", ()), "type")[1] if "type" in ties else ()
    return Roster(
        tuple(key[-1] for key in sorted(place)),
        sectors,
        groups,
        types,
        order,
        sector,
        group,
        dict(_pairs(ties, types, place, order)),
        {} if answers is None else _answered(answers, place, order, grouped=grouped),
    )


def _require_groups(grouped: bool, ties: Rows, answers: Rows | None) -> None:
    others = (ties, answers) if answers is not None else (ties,)
    if any(("group" in one) is not grouped for one in others):
        raise Refused(
            "group_missing",
            "some records say to which group a row belongs and others do not",
            "name the column of the group for actors, ties and answers, or for none",
        )


def _keys(rows: Rows, column: str, grouped: bool) -> list[tuple[str, ...]]:
    columns = (rows["group"], rows[column]) if grouped else (rows[column],)
    return [tuple(map(str, one)) for one in zip(*columns, strict=True)]


def _coded(values: NDArray[Any], given: Sequence[str], what: str) -> tuple[Integer, Keys]:
    """Return places and names, in the order given or sorted."""
    found = [str(one) for one in values]
    names = tuple(given) or tuple(sorted(set(found)))
    if ALL in names:
        raise Refused(
            "name_taken",
            f"a {what} is called `{ALL}`, which is what all of them together are called",
            f"give that {what} another name",
        )
    if set(found) - set(names):
        raise Refused(
            f"unknown_{what}",
            f"a {what} in the rows has no title in the method's fields",
            f"give every {what} a title, or correct the rows",
        )
    return np.array([names.index(one) for one in found], dtype=np.int64), names


def _at(rows: Rows, column: str, place: Mapping[tuple[str, ...], int], grouped: bool) -> Integer:
    keys = _keys(rows, column, grouped)
    if any(key not in place for key in keys):
        raise Refused(
            "unknown_actor",
            "a row names an actor that is not on the list of actors",
            "list every actor, in its group",
        )
    return np.array([place[key] for key in keys], dtype=np.int64)


def _wave(rows: Rows, waves: Keys, size: int) -> Integer:
    if "wave" not in rows:
        if len(waves) > 1:
            raise Refused(
                "wave_missing",
                "several waves are declared, and a record does not say of which its rows are",
                "name the column of the wave",
            )
        return np.zeros(size, dtype=np.int64)
    found = [str(one) for one in rows["wave"]]
    if set(found) - set(waves):
        raise Refused(
            "unknown_wave",
            "a row is of a wave that the method's fields do not declare",
            "declare every wave with its month",
        )
    return np.array([waves.index(one) for one in found], dtype=np.int64)


def _pairs(
    ties: Rows, types: Keys, place: Mapping[tuple[str, ...], int], waves: Keys
) -> Iterator[tuple[tuple[str, str], Integer]]:
    grouped = "group" in ties
    both = [_at(ties, end, place, grouped) for end in ("sender", "receiver")]
    pairs = np.column_stack(both).reshape(-1, 2).astype(np.int64)
    wave = _wave(ties, waves, len(pairs))
    for i, name in enumerate(waves):
        yield (name, ALL), pairs[wave == i]
        for type_ in types:
            yield (name, type_), pairs[(wave == i) & (ties["type"] == type_)]


def _answered(
    answers: Rows, place: Mapping[tuple[str, ...], int], waves: Keys, *, grouped: bool
) -> dict[str, Flags]:
    actor = _at(answers, "actor", place, grouped)
    wave, said = _wave(answers, waves, len(actor)), answers["answered"] == 1
    found = {}
    for i, name in enumerate(waves):
        told = np.zeros(len(place), dtype=bool)
        told[actor[(wave == i) & said]] = True
        found[name] = told
    return found
