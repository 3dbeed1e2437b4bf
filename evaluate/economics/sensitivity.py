"""What a result turns on: tornado and switching values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from evaluate.economics.finite import finite


@dataclass(frozen=True, slots=True)
class Bar:
    """What one input does to a result.

    Attributes
    ----------
    name : str
        The input.
    at_low, at_high : float
        The result at the input's low and high value, all others at their base.
    width : float
        |at_high − at_low|.
    """

    name: str
    at_low: float
    at_high: float
    width: float


def tornado(
    function: Callable[[Mapping[str, float]], float],
    base: Mapping[str, float],
    ranges: Mapping[str, tuple[float, float]],
) -> tuple[Bar, ...]:
    """Return how far each input moves a result, the widest first.

    Parameters
    ----------
    function : callable
        From a value for each input to the result.
    base : mapping of str to float
        Value of each input.
    ranges : mapping of str to (low, high)
        For what rests on evidence, the limits of its confidence interval; no round ±20 %.

    Returns
    -------
    tuple of Bar
        By width, then by name.

    Raises
    ------
    ValueError
        If a range is given for what has no base value, or a result is not finite.

    References
    ----------
    Briggs, Claxton and Sculpher (2006), ch. 4. In R: ``dampack::run_owsa_det``.

    Examples
    --------
    >>> bars = tornado(lambda x: x["a"] - 2 * x["b"], {"a": 5, "b": 1}, {"a": (4, 6), "b": (0, 3)})
    >>> [(bar.name, bar.at_low, bar.at_high) for bar in bars]
    [('b', 5, -1), ('a', 2, 4)]
    """
    if not set(ranges) <= set(base):
        raise ValueError("each range needs a base value")
    bars = []
    for name, ends in ranges.items():
        low, high = (function({**base, name: value}) for value in ends)
        finite("results", [low, high])
        bars.append(Bar(name, low, high, abs(high - low)))
    return tuple(sorted(bars, key=lambda bar: (-bar.width, bar.name)))


def switching_value(
    function: Callable[[float], float], bracket: tuple[float, float], *, steps: int = 400
) -> tuple[float, ...]:
    """Return the values of an input at which a result changes sign.

    Parameters
    ----------
    function : callable
        From the input to the result; continuous.
    bracket : (low, high)
        Where to look.
    steps : int
        Parts that the bracket is cut into: two roots within one part are missed, and so is a
        touch of zero between the cuts.

    Returns
    -------
    tuple of float
        In rising order; empty where the result keeps its sign. A jump across zero is no root.

    Raises
    ------
    ValueError
        If the bracket is empty or a result is not finite.

    References
    ----------
    HM Treasury, The Green Book, ch. 5 (switching values); Brent (1973), ch. 4. In R:
    ``uniroot(function, bracket)``, ``rootSolve::uniroot.all``.

    Examples
    --------
    >>> switching_value(lambda value: 200 * 0.05 * value - 4e6, (0, 1.5e6))
    (400000.0,)
    """
    from scipy.optimize import brentq

    low, high = finite("bracket", bracket)
    if low >= high:
        raise ValueError("a bracket goes from a lower to a higher value")
    cuts = np.linspace(low, high, steps + 1)
    results = finite("results", [function(float(cut)) for cut in cuts])
    roots = [float(cut) for cut in cuts[results == 0]]
    for i in np.flatnonzero(results[:-1] * results[1:] < 0):
        root = float(brentq(function, cuts[i], cuts[i + 1], xtol=1e-14 * (high - low)))
        if abs(function(root)) <= 1e-6 * max(abs(results[i]), abs(results[i + 1])):
            roots.append(root)
    return tuple(sorted(roots))
