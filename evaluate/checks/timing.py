"""Whether what is held constant was known before the programme began."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from evaluate.core import Check

NAME = "covariates_before"


def covariates_before(covariates: Sequence[str], before: Collection[str]) -> Check | None:
    """Return whether all covariates are declared as measured before the programme began.

    Parameters
    ----------
    covariates : sequence of str
        Columns that the design holds constant.
    before : collection of str
        Columns declared to have been known before; empty where nothing is declared.

    Returns
    -------
    Check or None
        ``covariates_before``: passed, or not run where the timing of one is not declared (one
        measured after is refused when the study is loaded); ``None`` without covariates.
    """
    n = len(covariates)
    if n == 0:
        return None
    unknown = [one for one in covariates if one not in before]
    which = "the only covariate is" if n == 1 else f"all {n} covariates are"
    if not unknown:
        return Check(NAME, "passed", f"{which[0].upper()}{which[1:]} from before the programme.")
    if not before:
        text = "Nobody has declared when the covariates were measured (`data.timing`)."
    else:
        text = f"When {', '.join(unknown)} was measured is not declared."
    return Check(NAME, "not_run", text)
