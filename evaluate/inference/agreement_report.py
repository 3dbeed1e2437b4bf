"""Every coefficient that fits a scale, with its interval, by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from statistics import NormalDist

import numpy as np

from evaluate.errors import Refused
from evaluate.inference import agreement as of
from evaluate.inference.agreement import Metric
from evaluate.inference.agreement_bootstrap import Agreement, Coefficient, agreement
from evaluate.inference.agreement_pair import Weights, cohen
from evaluate.inference.agreement_panel import Float, Int, Panel
from evaluate.inference.intraclass import Kind, concordance, intraclass

_PAIR = 2
_NAMED: Mapping[str, Coefficient] = {
    "fleiss": of.fleiss,
    "gwet": of.gwet,
    "brennan_prediger": of.brennan_prediger,
}


def coefficients(
    panel: Panel,
    metric: Metric,
    rng: np.random.Generator,
    *,
    draws: int = 9999,
    conf_level: float = 0.95,
) -> Iterator[tuple[str, Agreement]]:
    """Yield each coefficient that fits the scale, Krippendorff's alpha first.

    Parameters
    ----------
    panel : Panel
        Units by coders.
    metric : {"nominal", "ordinal", "interval", "ratio"}
        The scale.
    rng : numpy.random.Generator
        The stream of the draws; every coefficient is found on the same ones.
    draws : int
        Their number.
    conf_level : float
        Coverage probability, in (0, 1).
    """
    seed = int(rng.integers(2**63))

    def drawn(one: Panel, coefficient: Coefficient) -> Agreement:
        again = np.random.default_rng(seed)
        return agreement(one, coefficient, again, draws=draws, conf_level=conf_level)

    yield "alpha", drawn(panel, lambda p, w: of.alpha(p, metric, w))
    yield "percent", drawn(panel, of.percent)
    if metric in {"nominal", "ordinal"}:
        if len(panel.coders) == _PAIR:
            pair = panel if panel.groups is not None else panel.of(0, 1)
            yield "cohen", drawn(pair, of.conger)
        else:
            yield "conger", drawn(panel, of.conger)
        for name, one in _NAMED.items():
            yield name, drawn(panel, one)
    if metric == "ordinal" and len(panel.coders) == _PAIR:
        yield from _weighted(panel, conf_level)
    if metric != "nominal":
        yield from _ranked(panel, metric, conf_level)


def _weighted(panel: Panel, conf_level: float) -> Iterator[tuple[str, Agreement]]:
    """Yield kappa with weights, with the interval of its own standard error."""
    z = NormalDist().inv_cdf((1 + conf_level) / 2)
    pair = panel.of(0, 1)
    named: dict[str, Weights] = {"cohen_linear": "linear", "cohen_squared": "squared"}
    for name, weights in named.items():
        got = cohen(pair, weights)
        low = high = None
        if got.value is not None and got.std_error is not None and got.state is None:
            low, high = (
                max(got.value - z * got.std_error, -1.0),
                min(got.value + z * got.std_error, 1),
            )
        yield name, Agreement(got.value, low, high, got.n, _PAIR, got.state)


def _ranked(panel: Panel, metric: Metric, conf_level: float) -> Iterator[tuple[str, Agreement]]:
    """Yield what needs a rating by every coder: units without are left out."""
    values = np.where(panel.codes >= 0, panel.values[panel.codes], np.nan)
    whole, k = int((panel.codes >= 0).all(axis=1).sum()), len(panel.coders)
    try:
        yield "kendall", Agreement(concordance(values), None, None, whole, k, None)
    except Refused as refused:
        yield "kendall", Agreement(None, None, None, whole, k, refused.code)
    kinds: tuple[Kind, ...] = ("agreement", "consistency") if metric != "ordinal" else ()
    for kind in kinds:
        try:
            got = intraclass(values, "twoway", kind, conf_level=conf_level)
            yield f"icc_{kind}", Agreement(got.value, got.low, got.high, whole, k, None)
        except Refused as refused:
            yield f"icc_{kind}", Agreement(None, None, None, whole, k, refused.code)


def disagreements(panel: Panel) -> Mapping[tuple[str, str], int]:
    """Return how often two coders gave one unit two values, by the values in order.

    Parameters
    ----------
    panel : Panel
        Units by coders.
    """
    counts: Float = panel.counts
    both = np.triu(counts.T @ counts, 1).astype(int)
    return {
        (panel.categories[i], panel.categories[j]): int(both[i, j])
        for i, j in zip(*np.nonzero(both), strict=True)
    }


def exchanged(given: Int, labels: tuple[str, ...]) -> Mapping[tuple[str, str], int]:
    """Return how often one coder gave a unit a label, and another a different one instead.

    Parameters
    ----------
    given : ndarray of int, shape (units, labels, coders)
        1 where a coder gave the label, 0 where not, -1 where the coder did not see the unit.
    labels : tuple of str
        Their names.
    """
    found: Counter[tuple[str, str]] = Counter()
    for one, other in combinations(range(given.shape[2]), 2):
        seen = given[(given[:, 0, [one, other]] >= 0).all(axis=1)]
        first = ((seen[:, :, one] == 1) & (seen[:, :, other] == 0)).astype(int)
        second = ((seen[:, :, other] == 1) & (seen[:, :, one] == 0)).astype(int)
        both = first.T @ second
        for i, j in zip(*np.nonzero(both), strict=True):
            low, high = sorted((labels[i], labels[j]))
            found[low, high] += int(both[i, j])
    return found
