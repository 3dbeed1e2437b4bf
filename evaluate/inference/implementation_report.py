"""Rows of the tables on what was delivered at each site, and how that is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from evaluate.core import Cell
from evaluate.errors import Refused
from evaluate.inference.implementation import (
    Delivery,
    Fidelity,
    Shown,
    all_delivered,
    delivered,
    effect_word,
    fidelity,
    reading,
)
from evaluate.inference.network import Float, Integer
from evaluate.inference.t import t_quantile
from evaluate.inference.wilson import few_clusters, wilson

Row = dict[str, Cell]
DOSES = ("contacts", "hours")
ALL = "all"
# Which columns each table has, in order.
TABLES: Mapping[str, str] = {
    "sites": "site n_target n_reached reach reach_low reach_high contacts hours fidelity"
    " fidelity_low fidelity_high never observed delivery state",
    "components": "component sites score sites_never sites_full state",
    "adaptations": "key component adaptation observations sites",
    "dose": "dose sites slope conf_low conf_high p_value df correlation p_ranks lowest highest"
    " state",
    "reading": "site delivery effect conf_low conf_high word reading",
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was delivered at each site, sites sorted by name.

    Attributes
    ----------
    sites : tuple of str
        Their keys.
    target, reached : ndarray, shape (s,)
        People of the target group, and how many of them were reached.
    doses : mapping of str to ndarray, shape (s,)
        Contacts and hours for each person reached; NaN where not known.
    planned : tuple of str
        Components of the plan.
    site, component : ndarray of int, shape (n,)
        Of each observation.
    score : ndarray, shape (n,)
        How far the component was delivered, 0 to 1.
    minimum : mapping of str to float
        The least that counts as delivered, of ``reach``, ``fidelity`` and doses.
    effects : mapping of str to Shown
        Effects by site, and `ALL`, above 0 desired.
    smallest_worthwhile : float or None
        Smallest effect worth having.
    conf_level : float
        Coverage probability of intervals, in (0, 1).
    """

    sites: tuple[str, ...]
    target: Float
    reached: Float
    doses: Mapping[str, Float]
    planned: tuple[str, ...]
    site: Integer
    component: Integer
    score: Float
    minimum: Mapping[str, float]
    effects: Mapping[str, Shown] = field(default_factory=dict)
    smallest_worthwhile: float | None = None
    conf_level: float = 0.95


@dataclass(frozen=True, slots=True)
class _Part:
    """One measure of delivery with its interval; without limits it was counted."""

    value: float
    low: float | None = None
    high: float | None = None


def sites(found: Delivered) -> Iterator[Row]:
    """Yield dose, reach and fidelity of each site, and of all together.

    Parameters
    ----------
    found : Delivered
        What was delivered.

    Raises
    ------
    Refused
        ``reached_above_target``, ``no_target``, ``people_not_whole``, ``dose_below_zero``; those of ``fidelity`` but for components that
        were not observed, which are a state.
    """
    _require(found)
    parts = [_parts(found, i) for i in range(len(found.sites))]
    for i, name in enumerate(found.sites):
        row: Row = {"site": name, "n_target": int(found.target[i])}
        row |= {"n_reached": int(found.reached[i])} | _cells(parts[i], found.minimum)
        how = _fidelity(found, i)
        if isinstance(how, Fidelity):
            row |= {"never": how.never, "observed": how.n_observed}
        else:
            row |= {"state": how}
        yield row
    total: Row = {"site": ALL, "n_target": int(found.target.sum())}
    total |= {"n_reached": int(found.reached.sum())}
    yield total | _cells(_together(found, parts), found.minimum)


def _require(found: Delivered) -> None:
    if np.any(found.target <= 0):
        raise Refused(
            "no_target",
            "a site has nobody in its target group, so that there is no share to be reached",
            "give the number of people who should have been reached",
        )
    if np.any(found.reached > found.target) or np.any(found.reached < 0):
        raise Refused(
            "reached_above_target",
            "a site reached more people than its target group holds, or fewer than none",
            "count people of the target group only, each once",
        )
    if np.any(found.target % 1) or np.any(found.reached % 1):
        raise Refused(
            "people_not_whole",
            "a number of people has decimals, so that it is not a count",
            "count people; give shares and positions another column",
        )
    if any(np.any(dose < 0) for dose in found.doses.values()):  # NaN is not below 0
        raise Refused(
            "dose_below_zero",
            "a site gave fewer contacts or hours than none",
            "correct the dose, or leave the cell empty where it is not known",
        )


def _fidelity(found: Delivered, i: int) -> Fidelity | str:
    here = found.site == i
    if not found.planned:
        return "no_components"
    try:
        score, component = found.score[here], found.component[here]
        return fidelity(score, component, len(found.planned), found.conf_level)
    except Refused as refused:
        if refused.code != "component_not_observed":
            raise
        return refused.code


def _parts(found: Delivered, i: int) -> dict[str, _Part]:
    n, k = float(found.target[i]), float(found.reached[i])
    parts = {"reach": _Part(k / n, *wilson(k, n, found.conf_level))}
    how = _fidelity(found, i)
    if isinstance(how, Fidelity):
        parts["fidelity"] = _Part(how.score, how.conf_low, how.conf_high)
    for dose, values in found.doses.items():
        if not np.isnan(values[i]):
            parts[dose] = _Part(float(values[i]))
    return parts


def _together(found: Delivered, parts: Sequence[Mapping[str, _Part]]) -> dict[str, _Part]:
    """Return all sites together: each counts by its people in reach, once in the others."""
    if len(parts) == 1:
        return dict(parts[0])
    n, k, g = float(found.target.sum()), float(found.reached.sum()), len(parts)
    share = k / n
    simple = share * (1 - share) / n
    rest = found.reached - share * found.target
    between = float(np.square(rest).sum()) / n**2 * g / (g - 1)
    few = few_clusters(g, found.conf_level)
    effect = max(1.0, between / simple * few) if simple > 0 else 1.0
    whole = {"reach": _Part(share, *wilson(k, n, found.conf_level, effect))}
    for name in ("fidelity", *found.doses):
        values = np.sort([one[name].value for one in parts if name in one])
        if len(values) == g:
            most = 1.0 if name == "fidelity" else np.inf
            whole[name] = _mean(values, found.conf_level, most)
    return whole


def _mean(values: Float, conf_level: float, most: float) -> _Part:
    mean, n = float(values.mean()), len(values)
    if values[0] == values[-1]:
        return _Part(mean)
    half = t_quantile((1 + conf_level) / 2, n - 1) * float(values.std(ddof=1)) / sqrt(n)
    return _Part(mean, max(0.0, mean - half), min(most, mean + half))


def _cells(parts: Mapping[str, _Part], minimum: Mapping[str, float]) -> Row:
    row: Row = {}
    for name, part in parts.items():
        row |= {name: part.value}
        if name not in DOSES:
            row |= {f"{name}_low": part.low, f"{name}_high": part.high}
    each: list[Delivery] = [
        delivered(parts[name].value, parts[name].low, parts[name].high, least)
        if name in parts
        else "uncertain"
        for name, least in minimum.items()
    ]
    return row | {"delivery": all_delivered(each)}


def components(found: Delivered) -> Iterator[Row]:
    """Yield how far each planned component was delivered, over sites.

    Parameters
    ----------
    found : Delivered
        What was delivered.
    """
    for c, name in enumerate(found.planned):
        mine = found.component == c
        at = found.site[mine]
        there = np.unique(at)
        row: Row = {"component": name, "sites": len(there)}
        if not len(there):
            yield row | {"state": "component_not_observed"}
            continue
        means = np.bincount(at, found.score[mine])[there] / np.bincount(at)[there]
        row |= {"score": float(np.sort(means).mean())}
        row |= {"sites_never": int((means == 0).sum()), "sites_full": int((means == 1).sum())}
        yield row


def readings(found: Delivered, delivery: Mapping[str, Delivery]) -> Iterator[Row]:
    """Yield what delivery and effect together say of each site, and of all.

    Parameters
    ----------
    found : Delivered
        What was delivered, and effects.
    delivery : mapping of str to str
        Whether the declared least was reached, by site and `ALL`.
    """
    if found.smallest_worthwhile is None:
        return
    for name, how in delivery.items():
        shown = found.effects.get(name)
        word = effect_word(shown, found.smallest_worthwhile, found.conf_level)
        row: Row = {"site": name, "delivery": how}
        if shown is not None:
            row |= {"effect": shown.estimate, "conf_low": shown.conf_low}
            row |= {"conf_high": shown.conf_high}
        yield row | {"word": word, "reading": reading(how, word)}
