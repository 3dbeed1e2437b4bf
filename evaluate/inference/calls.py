"""The call in R and in Stata that gives the same number as a row."""

from __future__ import annotations

import re
from dataclasses import dataclass

_R_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._]*")
_R_WORDS = frozenset(
    {"if", "else", "repeat", "while", "function", "for", "next", "break", "in"}
    | {"TRUE", "FALSE", "NULL", "Inf", "NaN", "NA", "T", "F"}
)
_STATA_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,28}")  # room for the prefix of a centred copy
# Each row its own cluster: HC2 with the degrees of freedom of Bell and McCaffrey.
_EACH = "clusters = seq_len(nrow(d))"
# Estimators of R's estimatr; the others are those of clubSandwich.
_FACTORS = {
    "CR3": "(G - 1) / G",
    # Effects nested in the clusters do not count.
    "CR1S": "(nrow(d) - 1) / (nrow(d) - length(coef(m)) + G - 1)",
}
_ESTIMATR = {"CR0": "CR0", "CR1S": "stata", "CR2": "CR2"}


@dataclass(frozen=True, slots=True)
class Call:
    """What was fitted, in the study's own names.

    Attributes
    ----------
    outcome, treated : str
        Columns; of the treated, the one whose coefficient is the row's estimate.
    covariates : tuple of str
        Columns that enter as they are.
    factors : tuple of str
        Columns that enter as indicators.
    interacted : bool
        Whether each arm has its own slopes.
    cluster : str or None
        Column over which uncertainty is judged; ``None`` for individuals.
    absorbed : bool
        Whether each cluster has an intercept of its own.
    weights, weights_stata : str or None
        Weights as R and as Stata write them.
    precision : bool
        Whether they are inverse variances, so that a working model goes by them.
    """

    outcome: str
    treated: str
    covariates: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    interacted: bool = False
    cluster: str | None = None
    absorbed: bool = False
    weights: str | None = None
    weights_stata: str | None = None
    precision: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return every column that the call names."""
        own = (self.outcome, self.treated, *self.covariates, *self.factors)
        return own if self.cluster is None else (*own, self.cluster)


def call_r(call: Call, std_error: str) -> str | None:
    """Return the call in R, or nothing where R has none.

    The data frame ``d`` holds the analysis's rows; rows without an outcome may stand in it.

    Parameters
    ----------
    call : Call
        What was fitted.
    std_error : str
        Name of the estimator, such as ``"HC2"`` or ``"CR1S"``.
    """
    if not _sayable(call.names):
        return None
    precise = call.weights is not None and (call.cluster is None or call.precision)
    if std_error in {"CR1", "CR3"} or (std_error == "CR1S" and call.absorbed):
        return _club_sandwich(call, std_error)
    if std_error in {"HC2", "CR2"} and precise:
        return _club_sandwich(call, std_error)
    treated, outcome = r_name(call.treated), r_name(call.outcome)
    kind = {"HC2": "CR2"}.get(std_error, _ESTIMATR.get(std_error, std_error))
    parts = [f'se_type = "{kind}"']
    if call.cluster is not None:
        parts = [f"clusters = {r_name(call.cluster)}", *parts]
    elif std_error == "HC2":
        parts = [_EACH, *parts]
    if call.weights:
        parts = [f"weights = {call.weights}", *parts]
    terms = _r_terms(call)
    if call.interacted and terms:
        model = f"lm_lin({outcome} ~ {treated}, covariates = ~ {' + '.join(terms)}, data = d"
    else:
        model = f"lm_robust({' + '.join([f'{outcome} ~ {treated}', *terms])}, data = d"
        if call.absorbed:
            parts = [f"fixed_effects = ~ {r_name(call.cluster or '')}", *parts]
    fitted = f"estimatr::{model}, {', '.join(parts)})"
    return f'coef(summary({fitted}))["{treated}", c("Estimate", "Std. Error", "DF")]'


def call_stata(call: Call, std_error: str) -> str | None:
    """Return the call in Stata 18 or later, or nothing where Stata has none.

    Parameters
    ----------
    call : Call
        What was fitted.
    std_error : str
        Name of the estimator.
    """
    names = call.names
    kind = _stata_vce(std_error, call.cluster)
    if kind is None or not all(_STATA_NAME.fullmatch(name) for name in names):
        return None
    weights = f" [{call.weights_stata}]" if call.weights_stata else ""
    factors = [f"i.{name}" for name in call.factors]
    if call.interacted and (call.covariates or call.factors):
        return _stata_interacted(call, kind, weights)
    absorbed = [f"i.{call.cluster}"] if call.absorbed else []
    terms = " ".join([call.outcome, call.treated, *call.covariates, *factors, *absorbed])
    return f"regress {terms}{weights}, {kind}"


def late_call_r(call: Call, received: str, std_error: str) -> str | None:
    """Return the call in R for the effect of taking part.

    Parameters
    ----------
    call : Call
        The effect of the offer.
    received : str
        Column of who took part.
    std_error : str
        Name of the estimator.
    """
    if std_error not in {"HC2", *_ESTIMATR} or not _sayable((*call.names, received)):
        return None
    terms = _r_terms(call)
    if call.absorbed:
        terms = [*terms, f"factor({r_name(call.cluster or '')})"]
    sides = [" + ".join([r_name(one), *terms]) for one in (received, call.treated)]
    cluster = _EACH if call.cluster is None else f"clusters = {r_name(call.cluster)}"
    parts = [cluster, f'se_type = "{_ESTIMATR.get(std_error, "CR2")}"']
    model = f"{r_name(call.outcome)} ~ {sides[0]} | {sides[1]}"
    fitted = f"estimatr::iv_robust({model}, data = d, {', '.join(parts)})"
    return f'coef(summary({fitted}))["{r_name(received)}", c("Estimate", "Std. Error", "DF")]'


def late_call_stata(call: Call, received: str, std_error: str) -> str | None:
    """Return the call in Stata for the effect of taking part, whose estimate is the same.

    Parameters
    ----------
    call : Call
        The effect of the offer.
    received : str
        Column of who took part.
    std_error : str
        Name of the estimator; Stata has only CR1S.
    """
    names = (*call.names, received)
    if std_error != "CR1S" or not all(_STATA_NAME.fullmatch(name) for name in names):
        return None
    factors = [f"i.{name}" for name in call.factors]
    absorbed = [f"i.{call.cluster}"] if call.absorbed else []
    terms = " ".join([call.outcome, *call.covariates, *factors, *absorbed])
    return (
        f"ivregress 2sls {terms} ({received} = {call.treated}), vce(cluster {call.cluster}) small"
    )


def _sayable(names: tuple[str, ...]) -> bool:
    """Return whether R can write every name between backticks."""
    return not any(re.search(r"[^ -~\u00a0-\uffff]|[\\`]", name) for name in names)


def _club_sandwich(call: Call, std_error: str) -> str | None:
    """Return the call for an estimator that estimatr lacks."""
    treated, outcome = r_name(call.treated), r_name(call.outcome)
    cluster = f"d${r_name(call.cluster)}" if call.cluster else "seq_len(nrow(d))"
    terms = [*_r_terms(call), *([f"factor({r_name(call.cluster or '')})"] if call.absorbed else [])]
    formula = " + ".join([f"{outcome} ~ {treated}", *terms])
    if call.interacted and terms:
        columns = f"model.matrix(~ {' + '.join(terms)}, d)[, -1, drop = FALSE]"
        if call.weights:
            mean = f"apply({columns}, 2, weighted.mean, with(d, {call.weights}))"
            columns = f"scale({columns}, {mean}, FALSE)"
        else:
            columns = f"scale({columns}, scale = FALSE)"
        formula = f"{outcome} ~ {treated} * {columns}"
    kind = {"HC2": "CR2", "CR1S": "CR1"}.get(std_error, std_error)
    test = "Satterthwaite" if kind == "CR2" else "naive-t"
    fitted = [f"m <- lm({formula}, data = d)"]
    if call.weights:
        # Rows times the root of their weight are of equal variance.
        fitted = [
            f"s <- sqrt(with(d, {call.weights}))",
            f"X <- s * model.matrix({formula}, d)",
            f"m <- lm(s * d${outcome} ~ 0 + X)",
        ]
    steps = [
        f"d <- d[!is.na(d${outcome}), ]",
        *fitted,
        f'v <- clubSandwich::vcovCR(m, cluster = {cluster}, type = "{kind}")',
        f'r <- clubSandwich::coef_test(m, vcov = v, test = "{test}", coefs = 2)',
    ]
    factor = _FACTORS.get(std_error)
    if factor:
        steps += [f"G <- length(unique({cluster}))", f"within(r, SE <- SE * sqrt({factor}))"]
    else:
        steps.append("r")
    return "; ".join(steps)


def _r_terms(call: Call) -> list[str]:
    return [*map(r_name, call.covariates), *(f"factor({r_name(name)})" for name in call.factors)]


def r_name(name: str) -> str:
    """Return a column's name as R reads it.

    Parameters
    ----------
    name : str
        The name.
    """
    plain = _R_NAME.fullmatch(name) and name not in _R_WORDS
    return name if plain else f"`{name}`"


def _stata_vce(std_error: str, cluster: str | None) -> str | None:
    if cluster is None:
        kinds = {"HC1": "vce(robust)", "HC2": "vce(hc2, dfadjust)", "HC3": "vce(hc3)"}
        return kinds.get(std_error)
    kinds = {
        "CR1S": f"vce(cluster {cluster})",
        "CR2": f"vce(hc2 {cluster}, dfadjust)",
        "CR3": f"vce(jackknife, cluster({cluster}) mse)",
    }
    return kinds.get(std_error)


def _stata_interacted(call: Call, kind: str, weights: str) -> str:
    """Return the commands that centre every column over the rows used, then fit."""
    made = [
        f"quietly tabulate {name} if !missing({call.outcome}), generate({name}_)\ndrop {name}_1"
        for name in call.factors
    ]
    columns = " ".join([*call.covariates, *(f"{name}_*" for name in call.factors)])
    centre = (
        f"foreach v of varlist {columns} {{\n"
        f"    quietly summarize `v' if !missing({call.outcome}), meanonly\n"
        "    generate double c_`v' = `v' - r(mean)\n"
        "}"
    )
    fitted = f"regress {call.outcome} i.{call.treated}##c.(c_*){weights}, {kind}"
    return "\n".join([*made, centre, fitted])
