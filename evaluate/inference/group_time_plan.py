"""Which group-time effects there are, and with whom and which period each is compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Integer
from evaluate.data.paths import Starts
from evaluate.errors import Refused
from evaluate.inference.group_time import Contrast

NO_COMPARISON = "no comparison left"
NO_BASE = "no period before treatment"
LAST = "the last to begin are the comparison"
NO_OUTCOME = "no outcome in one of the two periods"

_FIXES = {
    "no_comparison": "add units that begin later or never, or periods before the first treatment",
    "separation": "leave out covariates that only the treated or only the others have",
    "covariates_constant": "leave out covariates that repeat others or are the same for all",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The effects that could be estimated, and those that cannot.

    Attributes
    ----------
    cohort, period, base : ndarray, shape (m,)
        Places in ``Starts.periods``, by cohort and then by period.
    compared : ndarray of bool, shape (m, H)
        Which cohorts of ``Starts`` make the comparison; perhaps none in a reference period.
    dropped : tuple of (int, int, str)
        Cohort, period and reason of effects that cannot be estimated.
    """

    cohort: Integer
    period: Integer
    base: Integer
    compared: NDArray[np.bool_]
    dropped: tuple[tuple[int, int, str], ...]

    @property
    def reference(self) -> NDArray[np.bool_]:
        """Effects that are 0 by construction, shape (m,)."""
        return np.asarray(self.period == self.base)

    def only(self, kept: Integer) -> Plan:
        """Return the plan of some of its effects.

        Parameters
        ----------
        kept : ndarray
            Places of those effects.
        """
        return replace(
            self,
            cohort=self.cohort[kept],
            period=self.period[kept],
            base=self.base[kept],
            compared=self.compared[kept],
        )

    def without(self, gone: Integer, reason: str) -> Plan:
        """Return the plan less some of its effects, which count as dropped.

        Parameters
        ----------
        gone : ndarray
            Places of effects that cannot be estimated.
        reason : str
            Why.
        """
        cells = zip(self.cohort[gone].tolist(), self.period[gone].tolist(), strict=True)
        dropped = (*self.dropped, *((g, t, reason) for g, t in cells))
        kept = np.setdiff1d(np.arange(len(self.cohort)), gone)
        return replace(self.only(kept), dropped=dropped)


def plan_effects(starts: Starts, contrast: Contrast) -> Plan:
    """Return each cohort's effects by period, as far as somebody is left to compare with.

    A period of treatment is compared with the last one before treatment and anticipation, an
    earlier one with the period before it (varying base) or the same (universal base). Not yet
    treated are those who begin after both periods, anticipation added. Where everybody is
    treated in the end, those who begin last are comparison only.

    Parameters
    ----------
    starts : Starts
        Who begins when.
    contrast : Contrast
        With whom, and with which period, each cohort is compared.

    Raises
    ------
    Refused
        ``no_never_treated`` where they were asked for and there are none; ``no_comparison``
        where no effect has one.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, equations 2.2 to 2.9; R's
    ``did::att_gt``.
    """
    end = len(starts.periods)
    never = starts.cohorts == end
    if contrast.comparison == "never" and not never.any():
        raise Refused(
            "no_never_treated",
            "every unit is treated in the end, and the comparison was to be the never treated",
            "set comparison: not_yet",
        )
    last = -1 if never.any() or not len(starts.cohorts) else int(starts.cohorts.max())
    found: list[tuple[int, int, int]] = []
    dropped: list[tuple[int, int, str]] = []
    for cohort in starts.cohorts[~never].tolist():
        for period in range(end):
            base = _base(cohort, period, contrast)
            if cohort == last:
                dropped.append((cohort, period, LAST))
            elif base >= 0:
                found.append((cohort, period, base))
            elif period >= cohort:
                dropped.append((cohort, period, NO_BASE))
    cells = np.array(found, dtype=np.int64).reshape(-1, 3)
    cohorts, periods, bases = cells.T.copy()
    compared = _compared(starts, contrast, cohorts, np.maximum(periods, bases))
    plan = Plan(cohorts, periods, bases, compared, tuple(dropped))
    plan = plan.without(np.flatnonzero(~compared.any(axis=1) & ~plan.reference), NO_COMPARISON)
    return some_left(plan)


def some_left(plan: Plan, code: str = "no_comparison") -> Plan:
    """Return the plan, if there is an effect of treatment in it.

    Parameters
    ----------
    plan : Plan
        Effects that can be estimated.
    code : str
        The refusal's name if there is none.

    Raises
    ------
    Refused
        Under that name.
    """
    if (plan.period >= plan.cohort).any():
        return plan
    reasons = Counter(reason for cohort, period, reason in plan.dropped if period >= cohort)
    said = "; ".join(f"{reason} ({n})" for reason, n in sorted(reasons.items()))
    raise Refused(
        code,
        "no period of treatment of any cohort can be compared: " + (said or "nobody is treated"),
        _FIXES[code],
    )


def _base(cohort: int, period: int, contrast: Contrast) -> int:
    """Return the place of the period compared with; negative where there is none."""
    if contrast.base == "varying" and period < cohort:
        return period - 1
    return cohort - contrast.anticipation - 1


def _compared(
    starts: Starts, contrast: Contrast, cohorts: Integer, later: Integer
) -> NDArray[np.bool_]:
    """Return which cohorts each effect is compared with, shape (m, H)."""
    never = np.broadcast_to(
        starts.cohorts == len(starts.periods), (len(cohorts), len(starts.cohorts))
    )
    if contrast.comparison == "never":
        return never.copy()
    begins = starts.cohorts[None, :]
    waiting = begins > later[:, None] + contrast.anticipation
    return np.asarray((never | waiting) & (begins != cohorts[:, None]))
