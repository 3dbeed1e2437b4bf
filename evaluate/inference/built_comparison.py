"""One way of building a comparison from several: which function each method stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from evaluate.errors import Refused
from evaluate.inference.comparison import Compared, Groups

Method = Literal["nearest", "exact", "coarsened", "subclass", "entropy", "ipw", "overlap", "aipw"]
Target = Literal["ATT", "ATE", "ATO"]
# Whom each method can speak of.
TARGETS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(get_args(Method), frozenset({"ATT", "ATE"})),
    "overlap": frozenset({"ATO"}),
}


@dataclass(frozen=True, slots=True)
class How:
    """How a comparison is built.

    Attributes
    ----------
    method : str
        The method.
    ratio : int
        Comparison units for each treated one.
    replace : bool
        Whether a unit may stand beside several.
    distance : {"logit", "score", "mahalanobis"}
        What is near.
    caliper : tuple of float and str, or None
        Farthest match, and its unit.
    order : {"largest", "smallest", "closest"}
        Who is matched first where none may be used twice.
    bias_corrected : bool
        Whether a regression takes out what matching left.
    bins : mapping of str to int, str or tuple of float
        Number of bins of equal width, ``"q4"`` for quarters, or cut points, of a covariate.
    subclasses : int
        Classes of the score.
    trim : tuple of float, or None
        Lowest and highest score that is kept.
    squares : tuple of str
        Covariates whose spread is balanced too.
    nuisance : {"linear", "forest", "boosting"}
        What foretells outcome and treatment.
    folds : int
        Parts of the data, each foretold from the others.
    """

    method: Method
    ratio: int = 1
    replace: bool = True
    distance: Literal["logit", "score", "mahalanobis"] = "logit"
    caliper: tuple[float, str] | None = None
    order: Literal["largest", "smallest", "closest"] = "largest"
    bias_corrected: bool = True
    bins: Mapping[str, int | str | tuple[float, ...]] = field(default_factory=dict)
    subclasses: int = 5
    trim: tuple[float, float] | None = None
    squares: tuple[str, ...] = ()
    nuisance: Literal["linear", "forest", "boosting"] = "linear"
    folds: int = 5


def build(groups: Groups, how: How, estimand: str) -> Compared:
    """Return the comparison that a method builds.

    Parameters
    ----------
    groups : Groups
        Treated and comparison units.
    how : How
        The method and what it needs.
    estimand : str
        Whose effect is asked for.

    Raises
    ------
    Refused
        ``not_its_estimand`` when the method speaks of others, and the codes of the methods.
    """
    if estimand not in TARGETS[how.method]:
        able = " or ".join(sorted(TARGETS[how.method]))
        raise Refused(
            "not_its_estimand",
            f"{how.method} estimates {able}, and {estimand} is asked for",
            f"write estimand: {able}, or choose another method",
        )
    return _BUILDERS[how.method](groups, how, cast("Target", estimand))


def _nearest(groups: Groups, how: How, estimand: Target) -> Compared:
    from evaluate.inference.nearest import Nearest, nearest
    from evaluate.inference.propensity import propensity

    by_score = how.distance != "mahalanobis" or _by_score(how.caliper)
    score = propensity(groups).score if by_score else None
    asked = Nearest(
        ratio=how.ratio,
        replace=how.replace,
        distance=how.distance,
        caliper=how.caliper,
        order=how.order,
        outcome="bias_corrected" if how.bias_corrected else "difference",
    )
    return nearest(groups, score, asked, _of_two(estimand))


def _of_two(estimand: Target) -> Literal["ATT", "ATE"]:
    return "ATE" if estimand == "ATE" else "ATT"


def _by_score(caliper: tuple[float, str] | None) -> bool:
    return caliper is not None and caliper[1] in {"sd_logit", "sd_score", "logit", "score"}


def _cells(groups: Groups, how: How, estimand: Target) -> Compared:
    from evaluate.inference.coarsened import coarsened_cells, exact_cells

    if how.method == "exact":
        return exact_cells(groups, estimand)
    return coarsened_cells(groups, estimand, bins=how.bins)


def _subclasses(groups: Groups, how: How, estimand: Target) -> Compared:
    from evaluate.inference.coarsened import subclasses

    return subclasses(groups, estimand, number=how.subclasses)


def _entropy(groups: Groups, how: How, estimand: Target) -> Compared:
    from evaluate.inference.entropy_balance import entropy_balance

    return entropy_balance(groups, _of_two(estimand), squares=how.squares)


def _inverse(groups: Groups, how: How, estimand: Target) -> Compared:
    from evaluate.inference.inverse_probability import Trim, inverse_probability

    trim = None if how.trim is None else Trim(low=how.trim[0], high=how.trim[1])
    return inverse_probability(groups, estimand, trim=trim)


def _doubly(groups: Groups, how: How, estimand: Target) -> Compared:
    from evaluate.inference.doubly_robust import doubly_robust

    return doubly_robust(groups, _of_two(estimand), nuisance=how.nuisance, folds=how.folds)


_Builder = Callable[[Groups, How, Target], Compared]
_BUILDERS: Mapping[str, _Builder] = {
    "nearest": _nearest,
    "exact": _cells,
    "coarsened": _cells,
    "subclass": _subclasses,
    "entropy": _entropy,
    "ipw": _inverse,
    "overlap": _inverse,
    "aipw": _doubly,
}
STD_ERRORS: Mapping[str, str] = {
    **dict.fromkeys(("exact", "coarsened", "subclass"), "stratified"),
    **dict.fromkeys(("entropy", "ipw", "overlap"), "one-step jackknife"),
    "aipw": "influence function",
}


def std_error_of(how: How) -> str:
    """Return the name of the standard error that a method has.

    Parameters
    ----------
    how : How
        The method.
    """
    if how.method == "nearest":
        return "Abadie-Imbens" if how.replace else "matched sets"
    return STD_ERRORS[how.method]
