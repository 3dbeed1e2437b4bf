"""How a single-case result stands among all that chance could have given."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

import numpy as np

from evaluate.inference.single_case_draws import Drawn

_TIES = 1e-9


@dataclass(frozen=True, slots=True)
class Tested:
    """A randomisation test.

    Attributes
    ----------
    p_value : float
        Share of assignments that give as much; never below ``smallest_p``.
    smallest_p : float
        The smallest that this plan can give.
    conf_low, conf_high : float or None
        Effects, the same on every occasion, that the two-sided test does not reject; ``None``
        where none is rejected on that side.
    """

    p_value: float
    smallest_p: float
    conf_low: float | None
    conf_high: float | None


def judged(drawn: Drawn, conf_level: float = 0.95, *, wanted: int = 0) -> Tested:
    """Return the p-value and the effects that are not rejected.

    Parameters
    ----------
    drawn : Drawn
        What chance could have given.
    conf_level : float
        Coverage probability of the interval, in (0, 1).
    wanted : {0, 1, -1}
        Whether the test is two-sided, or asks for a rise, or for a fall.

    Returns
    -------
    Tested
        Of draws the p-value is (1 + b) / (1 + B): the assignment that was made is among them.

    References
    ----------
    Edgington & Onghena (2007), Randomization Tests, 4th ed., chapters 3 and 11. Interval: the
    effects d for which the two-sided test of values less d, where the programme was there, has a
    p-value above 1 - conf_level. Michiels, Heyvaert, Meulders & Onghena (2017), Behavior Research
    Methods 49(1), find it by trying values; here it is in closed form: assignment a counts where d
    lies between (T - T_a) / (1 - g_a) and (T + T_a) / (1 + g_a).
    """
    t, made, n = drawn.statistic, drawn.observed, len(drawn.statistic)
    size = _TIES * max(float(np.abs(t).max()), 1e-300)
    # The mirror image of the assignment that was made gives as much in size, never less.
    both = 2 if wanted == 0 and _mirrored(drawn) else 1
    smallest = both / drawn.assignments if drawn.exact else 1 / n
    reached = np.abs(t) >= abs(made) - size if wanted == 0 else wanted * (t - made) >= -size
    low, high = _limits(drawn, 1 - conf_level)
    return Tested(float(reached.mean()), smallest, low, high)


def _mirrored(drawn: Drawn) -> bool:
    return bool(np.isclose(drawn.share.min(), -1, atol=_TIES))


def _limits(drawn: Drawn, alpha: float) -> tuple[float | None, float | None]:
    t, g, made, n = drawn.statistic, drawn.share, drawn.observed, len(drawn.statistic)
    ends = np.empty((2, n))
    for side, (top, below, open_end) in enumerate(
        ((made - t, 1 - g, -np.inf), (made + t, 1 + g, np.inf))
    ):
        # Where an effect shows in full, or in reverse, the assignment counts whatever it is.
        flat = below < _TIES
        ends[side] = np.divide(top, below, out=np.full(n, open_end), where=~flat)
    flat = (1 - g < _TIES) | (1 + g < _TIES)
    low, high = np.sort(ends, axis=0)
    low[flat], high[flat] = -np.inf, np.inf
    at = floor(alpha * n + _TIES)
    first, last = float(np.sort(low)[at]), float(np.sort(high)[::-1][at])
    return (first if np.isfinite(first) else None), (last if np.isfinite(last) else None)
