"""What a model could not use, and outcomes that leave it nothing to judge by."""

from __future__ import annotations

from collections.abc import Mapping

from evaluate.core import Check
from evaluate.data.moments import Moments

_ROUNDING = 1e-12


def left_out(constant: tuple[str, ...], dependent: tuple[str, ...]) -> Check | None:
    """Return which covariates do not stand in the model, or nothing when all do.

    Parameters
    ----------
    constant : tuple of str
        Covariates that are the same in every row.
    dependent : tuple of str
        Covariates that follow from strata or from covariates named before them.
    """
    parts = []
    if constant:
        parts.append(f"{', '.join(constant)}: the same in every row")
    if dependent:
        parts.append(f"{', '.join(dependent)}: follows from strata or other covariates")
    if not parts:
        return None
    text = f"Covariates were left out of the model ({'; '.join(parts)}); the effect is unchanged."
    return Check("covariates", "uninformative", text)


def arms_refused(refused: Mapping[str, str]) -> tuple[Check, ...]:
    """Return that programmes have no estimate of their own, or nothing when all have.

    Parameters
    ----------
    refused : mapping of str to str
        Why, by programme.
    """
    if not refused:
        return ()
    each = "; ".join(f"{label}: {why}" for label, why in refused.items())
    return (Check("arms", "failed", f"No estimate of its own has {each}."),)


def outcome_varies(outcome: Moments) -> Check | None:
    """Return that the outcome is the same for a whole group, or nothing when it varies.

    Parameters
    ----------
    outcome : Moments
        Moments of the outcome for the comparison group and the treated, in this order.
    """
    n = outcome.cross[:, 0, 0]
    squares = outcome.cross[:, 1, 1] - outcome.cross[:, 0, 1] ** 2 / n
    flat = [
        name
        for name, one in zip(("comparison", "treated"), squares, strict=True)
        if one <= _ROUNDING * outcome.cross[:, 1, 1].sum()
    ]
    if not flat:
        return None
    text = (
        f"The outcome is the same for everybody in the {flat[0]} group, so that the interval"
        " rests on the other group's variation alone."
    )
    return Check("outcome_varies", "failed", text)
