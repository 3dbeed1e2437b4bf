"""The rows of the tables on change; what cannot be told has a state in place of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell
from evaluate.errors import Refused
from evaluate.inference import reliable_change as rc
from evaluate.inference.level_shares import share_of
from evaluate.inference.linear import Float
from evaluate.inference.paired_change import Labels, Mean, PairedChange, paired_change
from evaluate.inference.paired_losses import losses
from evaluate.inference.regression_to_mean import Chosen, by_cutoff, by_selection, mee_chua
from evaluate.inference.response_shift import response_shift

Row = dict[str, Cell]
ALL = "all"
FEWEST_SHOWN = 5  # units of a group whose means are shown, whatever the gate says


@dataclass(frozen=True, slots=True)
class Asked:
    """One scale, and what is known of it.

    Attributes
    ----------
    key : str
        Its name.
    before, after : ndarray, shape (n,)
        NaN where not measured.
    then : ndarray, shape (n,), or None
        What people say afterwards that they were before.
    cluster, group : ndarray, shape (n,), or None
        What each unit belongs to: for uncertainty, and to show means by.
    better : {"increase", "decrease"}
        Which way is better.
    ends : tuple of two float or None
        Lowest and highest value of the scale.
    reliability, sd : float or None
        Of the scale; ``sd`` of a norm group, else that of the participants before is taken.
    population, correlation : float or None
        Mean of those that the participants came from, and the correlation of two of their
        measurements.
    chosen : Chosen or None
        The cutoff below or above which people were chosen.
    norms : Norms or None
        Of those who function well and of those who do not.
    conf_level : float
        Coverage probability, in (0, 1).
    """

    key: str
    before: Float
    after: Float
    then: Float | None = None
    cluster: Labels | None = None
    group: Labels | None = None
    better: Literal["increase", "decrease"] = "increase"
    ends: tuple[float, float] | None = None
    reliability: float | None = None
    sd: float | None = None
    population: float | None = None
    correlation: float | None = None
    chosen: Chosen | None = None
    norms: rc.Norms | None = None
    conf_level: float = 0.95

    @property
    def twice(self) -> Asked:
        """Return the units that were measured twice."""
        return self.only(~np.isnan(self.before + self.after))

    def only(self, kept: NDArray[np.bool_]) -> Asked:
        """Return some of the units."""
        return replace(
            self,
            before=self.before[kept],
            after=self.after[kept],
            then=None if self.then is None else self.then[kept],
            cluster=None if self.cluster is None else self.cluster[kept],
            group=None if self.group is None else self.group[kept],
        )


def interval(found: Mean, prefix: str) -> Row:
    """Return a mean's cells."""
    return {f"{prefix}low": found.conf_low, f"{prefix}high": found.conf_high}


def changed(asked: Asked) -> PairedChange:
    """Return the change of those measured twice, or raise ``Refused``."""
    both = asked.twice
    return paired_change(both.before, both.after, both.cluster, asked.conf_level)


def scores(asked: Asked) -> Iterator[Row]:
    """Yield the mean change of a scale."""
    row: Row = {
        "scale": asked.key,
        "n_units": len(asked.before),
        "n_pairs": len(asked.twice.before),
    }
    try:
        found = changed(asked)
    except Refused as refused:
        yield row | {"state": refused.code}
        return
    change, standardised = found.change, found.standardised
    row |= {
        "n_clusters": change.n_clusters,
        "before": found.before,
        "after": found.after,
        "sd_before": found.sd_before,
        "sd_after": found.sd_after,
        "correlation": found.correlation,
        "change": change.value,
        **interval(change, "change_"),
        "std_error": change.std_error,
        "df": change.df,
    }
    if standardised is not None:
        row |= {"standardised": standardised.value, **interval(standardised, "standardised_")}
    yield row


def reliable(asked: Asked) -> Iterator[Row]:
    """Yield how many changed by more than error, for better and for worse."""
    if asked.reliability is None:
        yield {"key": asked.key, "scale": asked.key, "state": "no_reliability"}
        return
    both = asked.twice
    first = asked.before[~np.isnan(asked.before)]
    try:
        sd = asked.sd or (float(first.std(ddof=1)) if len(first) > 1 else 0.0)
        limits = rc.limits(asked.reliability, sd, asked.conf_level)
    except Refused as refused:
        yield {"key": asked.key, "scale": asked.key, "state": refused.code}
        return
    if not len(both.before):
        yield {"key": asked.key, "scale": asked.key, "n_pairs": 0, "state": "too_few_units"}
        return
    cut = rc.cutoff(asked.norms, better=asked.better) if asked.norms else None
    classes = rc.classify(both.before, both.after, limits.reliable, better=asked.better, cut=cut)
    for outcome in rc.OUTCOMES:
        if outcome == "recovered" and cut is None:
            continue
        found = share_of((classes == outcome).astype(np.float64), both.cluster, asked.conf_level)
        yield {
            "key": f"{asked.key}.{outcome}",
            "scale": asked.key,
            "outcome": outcome,
            "n": found.n,
            "n_pairs": found.of,
            "share": found.value,
            "share_low": found.conf_low,
            "share_high": found.conf_high,
            "reliability": limits.reliability,
            "sd": limits.sd,
            "threshold": limits.reliable,
            "cutoff": cut,
        }


def selection(asked: Asked) -> Iterator[Row]:
    """Yield what selection at a low would give by itself, and what is left without it."""
    row: Row = {"scale": asked.key, "population": asked.population}
    both = asked.twice
    try:
        found = changed(asked)
        row |= {"before": found.before, "change": found.change.value}
        if asked.population is None:
            yield row | {"state": "no_population"}
            return
        r = asked.correlation if asked.correlation is not None else found.correlation
        if r is not None:
            mean, cut = asked.population, asked.chosen
            expected = by_cutoff(mean, cut, r) if cut else by_selection(found.before, mean, r)
            row |= {"correlation": r, "expected": expected}
        left = mee_chua(both.before, both.after, asked.population, both.cluster, asked.conf_level)
    except Refused as refused:
        yield row | {"state": refused.code}
        return
    yield row | {
        "left": left.change,
        "left_low": left.conf_low,
        "left_high": left.conf_high,
        "p_value": left.p_value,
        "tipping_mean": left.tipping_mean,
    }


def lost(asked: Asked) -> Iterator[Row]:
    """Yield who was measured only once, and what they could change."""
    found = losses(asked.before, asked.after, asked.ends)
    yield {
        "scale": asked.key,
        "n_units": found.n,
        "n_pairs": found.n_both,
        "n_before_only": found.n_before,
        "n_after_only": found.n_after,
        "n_neither": found.n_neither,
        "share_lost": found.lost,
        "before_kept": found.before_kept,
        "before_lost": found.before_lost,
        "bound_low": found.low,
        "bound_high": found.high,
        "tipping": found.tipping,
    }


def at_ends(asked: Asked) -> Iterator[Row]:
    """Yield how many stand at either end of the scale, before and after."""
    if asked.ends is None:
        yield {"key": asked.key, "scale": asked.key, "state": "no_ends"}
        return
    for wave, values in (("before", asked.before), ("after", asked.after)):
        known = ~np.isnan(values)
        row: Row = {"key": f"{asked.key}.{wave}", "scale": asked.key, "wave": wave}
        if not known.any():
            yield row | {"n_measured": 0, "state": "too_few_units"}
            continue
        cluster = None if asked.cluster is None else asked.cluster[known]
        worst, best = asked.ends if asked.better == "increase" else asked.ends[::-1]
        low, high = (
            share_of((values[known] == end).astype(np.float64), cluster, asked.conf_level)
            for end in (worst, best)
        )
        yield row | {
            "n_measured": high.of,
            "n_worst": low.n,
            "worst": low.value,
            "worst_low": low.conf_low,
            "worst_high": low.conf_high,
            "n_best": high.n,
            "best": high.value,
            "best_low": high.conf_low,
            "best_high": high.conf_high,
        }


def shift(asked: Asked) -> Iterator[Row]:
    """Yield the change observed, adjusted by the then-test, and their difference."""
    if asked.then is None:
        return
    known = asked.only(~np.isnan(asked.before + asked.after + asked.then))
    pairs = {
        "observed": known.after - known.before,
        "adjusted": known.after - (then := known.then if known.then is not None else known.before),
        "shift": then - known.before,
    }
    found = response_shift(known.before, then, known.after, known.cluster, asked.conf_level)
    for part, values in pairs.items():
        mean: Mean | Refused = getattr(found, part)
        row: Row = {
            "key": f"{asked.key}.{part}",
            "scale": asked.key,
            "part": part,
            "n_units": len(values),
        }
        if isinstance(mean, Refused):
            alike = float(values[0]) if mean.code == "no_variation" else None
            yield row | {"change": alike, "state": mean.code}
        else:
            yield row | {"change": mean.value, **interval(mean, "change_")}


def groups(asked: Asked) -> Iterator[Row]:
    """Yield the means of everybody measured twice, and of each group: never of one person."""
    both = asked.twice
    names = [] if both.group is None else sorted({str(one) for one in both.group})
    for name in (ALL, *names):
        part = both
        if name != ALL and both.group is not None:
            part = both.only(both.group.astype(str) == name)
        key = f"{asked.key}.{name}"
        row: Row = {"key": key, "scale": asked.key, "group": name, "n_pairs": len(part.before)}
        if name != ALL and len(part.before) < FEWEST_SHOWN:
            yield row | {"state": "too_few_units"}
            continue
        try:
            found = paired_change(part.before, part.after, part.cluster, asked.conf_level)
        except Refused as refused:
            yield row | {"state": refused.code}
            continue
        yield row | {
            "before": found.before,
            "after": found.after,
            "change": found.change.value,
            **interval(found.change, "change_"),
        }
