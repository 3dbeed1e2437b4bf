"""Rows of the tables on networks, from the actors and their ties at several times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from evaluate.core import Cell
from evaluate.errors import Refused
from evaluate.inference.network import Network, unknown_pairs
from evaluate.inference.network import density as density_of
from evaluate.inference.network import shape as shape_of
from evaluate.inference.network_change import change as change_of
from evaluate.inference.network_change import survival
from evaluate.inference.network_roles import ROLES, roles
from evaluate.inference.network_rows import ALL, Roster
from evaluate.inference.network_sectors import mixing, sector_ties

Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Asked:
    """Actors and their ties, and what is asked of them.

    Attributes
    ----------
    people : Roster
        Actors and ties by wave.
    directed : bool
        Whether ties have a direction.
    months : mapping of str to int
        Months of each wave after the programme's end.
    permanence : tuple of int
        Months after the end at which ties should still be there.
    rng : callable
        ``(name) -> Generator``: a random stream for each question.
    draws : int
        Relabellings of actors where not all can be taken.
    conf_level : float
        Coverage probability of intervals, in (0, 1).
    """

    people: Roster
    directed: bool
    months: Mapping[str, int]
    permanence: tuple[int, ...]
    rng: Callable[[str], np.random.Generator]
    draws: int = 9999
    conf_level: float = 0.95

    def net(self, wave: str, *, group: str = ALL, type_: str = ALL) -> Network:
        """Return the network of a wave, of a group or type or of all."""
        return self.people.network(wave, directed=self.directed, group=group, type_=type_)

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield each group with each wave."""
        for group in self.people.parts():
            for wave in self.people.waves:
                yield group, wave


def waves(asked: Asked) -> Iterator[Row]:
    """Yield how the network hangs together.

    Parameters
    ----------
    asked : Asked
        Actors, ties and times.
    """
    for group, wave in asked.places():
        net = asked.net(wave, group=group)
        row: Row = {"key": f"{group}|{wave}", "group": group, "wave": wave}
        row |= {"actors": net.size, "silent": int((~net.answered).sum())}
        try:
            found = density_of(net)
        except Refused as refused:
            yield row | {"state": refused.code}
            continue
        how = shape_of(net)
        row |= {"ties": found.n_ties, "pairs": found.n_pairs, "density": found.share}
        row |= {"density_low": found.low, "density_high": found.high}
        row |= {"components": how.components, "largest": how.largest, "isolates": how.isolates}
        row |= {"reciprocity": how.reciprocity, "centralisation": how.centralisation}
        yield row | {"centralisation_in": how.centralisation_in}


def crossing(asked: Asked) -> Iterator[Row]:
    """Yield how far ties cross sectors.

    Parameters
    ----------
    asked : Asked
        Actors, ties and times.
    """
    for group, wave in asked.places():
        key = f"{group}|{wave}"
        row: Row = {"key": key, "group": group, "wave": wave}
        found = mixing(
            asked.net(wave, group=group),
            asked.rng("sectors"),
            draws=asked.draws,
            conf_level=asked.conf_level,
        )
        if found is None:
            yield row | {"state": "no_ties"}
            continue
        row |= {"across": found.across, "within": found.within, "share_across": found.share}
        row |= {"ei": found.ei, "ei_expected": found.expected, "ei_low": found.low}
        yield row | {"ei_high": found.high, "p_value": found.p_value, "exact": found.exact}


def sectors(asked: Asked) -> Iterator[Row]:
    """Yield ties between each two sectors.

    Parameters
    ----------
    asked : Asked
        Actors, ties and times.
    """
    names = asked.people.sectors
    for wave in asked.people.waves:
        ties, pairs = sector_ties(asked.net(wave), len(names))
        for i, j in np.argwhere(pairs > 0):
            if i <= j or asked.directed:
                key = f"{wave}|{names[i]}|{names[j]}"
                row: Row = {"key": key, "wave": wave, "sector": names[i]}
                row |= {"other": names[j], "ties": int(ties[i, j]), "pairs": int(pairs[i, j])}
                yield row | {"density": float(ties[i, j] / pairs[i, j])}


def types(asked: Asked) -> Iterator[Row]:
    """Yield ties of each type.

    Parameters
    ----------
    asked : Asked
        Actors, ties and times.
    """
    for wave in asked.people.waves:
        for type_ in asked.people.types:
            net = asked.net(wave, type_=type_)
            across = net.counted(net.ties & (net.sector[:, None] != net.sector[None, :]))
            row: Row = {"key": f"{wave}|{type_}", "wave": wave, "type": type_}
            row |= {"ties": net.n_ties, "density": net.n_ties / net.counted(net.allowed)}
            row |= {"share_across": across / net.n_ties if net.n_ties else None}
            yield row | {"reciprocity": shape_of(net).reciprocity}


def change(asked: Asked) -> Iterator[Row]:
    """Yield what changed from one time to the next.

    Parameters
    ----------
    asked : Asked
        Actors, ties and times.
    """
    waves = asked.people.waves
    for group in asked.people.parts():
        for wave, later in pairwise(waves):
            row: Row = {"key": f"{group}|{wave}|{later}", "group": group}
            row |= {"wave": wave, "later": later}
            try:
                found = change_of(
                    asked.net(wave, group=group),
                    asked.net(later, group=group),
                    asked.rng("change"),
                    draws=asked.draws,
                    conf_level=asked.conf_level,
                )
            except Refused as refused:
                yield row | {"state": refused.code}
                continue
            row |= {"kept": found.kept, "lost": found.lost, "created": found.created}
            row |= {"unknown": found.unknown, "jaccard": found.jaccard}
            row |= {"by_chance": found.kept_by_chance, "p_kept": found.p_value}
            row |= {"change": found.density}
            yield row | {"conf_low": found.conf_low, "conf_high": found.conf_high}


def permanence(asked: Asked) -> Iterator[Row]:
    """Yield what became of ties by the months asked for.

    Parameters
    ----------
    asked : Asked
        Actors, ties and times.
    """
    months, waves = asked.months, asked.people.waves
    end = next((one for one in waves if months.get(one) == 0), None)
    for horizon in sorted(asked.permanence):
        later = next((one for one in waves if months.get(one, -1) >= horizon), None)
        for which in ("any", "new"):
            row: Row = {"key": f"{horizon}|{which}", "horizon": horizon}
            row |= {"which": which, "later": later}
            if end is None or later is None or horizon <= 0:
                yield row | {"state": "no_end_wave" if end is None else "no_later_wave"}
                continue
            row |= {"months": months[later]}
            first, old = asked.net(end), asked.net(waves[0])
            if which == "new" and waves[0] == end:
                yield row | {"state": "no_first_wave"}
                continue
            new = first.ties & ~old.ties & ~unknown_pairs(old)
            ties = new if which == "new" else first.ties
            try:
                found = survival(first, asked.net(later), ties, asked.conf_level)
            except Refused as refused:
                yield row | {"state": refused.code}
                continue
            row |= {"followed": found.n_before, "kept": found.kept, "lost": found.lost}
            row |= {"unknown": found.unknown, "survived": found.share}
            row |= {"conf_low": found.conf_low, "conf_high": found.conf_high}
            row |= {"design_effect": found.design_effect, "at_least": found.low}
            yield row | {"at_most": found.high}


def actors(asked: Asked) -> Iterator[Row]:
    """Yield what each actor does for the others, at each time.

    Parameters
    ----------
    asked : Asked
        Actors, ties and times.
    """
    people = asked.people
    for group in people.groups or (ALL,):
        for wave in people.waves:
            net, at = asked.net(wave, group=group), people.members(group)
            found = roles(net)
            for i, actor in enumerate(at):
                name = people.actors[actor]
                row: Row = {"key": f"{group}|{wave}|{name}", "group": group, "wave": wave}
                row |= {"actor": name, "sector": people.sectors[people.sector[actor]]}
                row |= {"sent": int(found.sent[i])}
                row |= {"received": int(found.received[i]) if net.directed else None}
                row |= {"betweenness": float(found.betweenness[i])}
                row |= {role: int(found.counts[i, k]) for k, role in enumerate(ROLES)}
                if not net.directed:
                    del row["representative"]
                core = int(found.core[i])
                row |= {"core": core, "in_core": core > 0 and core == int(found.core.max())}
                yield row | {"answered": bool(net.answered[i])}


def ties(asked: Asked) -> Iterator[Row]:
    """Yield every tie at each time, its types together.

    Parameters
    ----------
    asked : Asked
        Actors, ties and times.
    """
    people = asked.people
    for group in people.groups or (ALL,):
        at = people.members(group)
        for wave in people.waves:
            net = asked.net(wave, group=group)
            marks = net.ties if net.directed else np.triu(net.ties)
            types = {one: asked.net(wave, group=group, type_=one).ties for one in people.types}
            for i, j in np.argwhere(marks):
                sender, receiver = (people.actors[at[one]] for one in (i, j))
                row: Row = {"key": f"{group}|{wave}|{sender}|{receiver}", "group": group}
                row |= {"wave": wave, "sender": sender, "receiver": receiver}
                row |= {"types": sum(bool(one[i, j]) for one in types.values()) or None}
                yield row
