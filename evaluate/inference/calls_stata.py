"""The call in Stata that gives the same number as a row."""

from __future__ import annotations

import re

from evaluate.inference.calls import Call

_STATA_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,21}")  # room for prefixes and levels' numbers


def call_stata(call: Call, std_error: str) -> str | None:
    """Return the commands in Stata 18 or later, or nothing where none is known to agree.

    Parameters
    ----------
    call : Call
        What was fitted.
    std_error : str
        Name of the estimator.
    """
    kind = _vce(call, std_error)
    if kind is None or not _sayable(call.names):
        return None
    weights = _weights(call)
    within = call.absorbed and std_error == "CR1S"
    steps = [*_rows(call), *_groups(call)]
    if call.interacted and (call.covariates or call.factors):
        return "\n".join([*_interacted(call, weights), f"{_slopes(call, weights)}, {kind}"])
    terms = " ".join([call.outcome, call.treated, *_terms(call, absorbed=not within)])
    if within:
        # Counts no intercept of the clusters but one, as the row does.
        panel = _group(call.cluster or "")
        return "\n".join([*steps, f"xtset {panel}", f"xtreg {terms}, fe {kind}"])
    return "\n".join([*steps, f"regress {terms}{_as_sampled(weights)}, {kind}"])


def late_call_stata(call: Call, received: str, std_error: str) -> str | None:
    """Return the commands in Stata for the effect of taking part, whose estimate is the same.

    Parameters
    ----------
    call : Call
        The effect of the offer.
    received : str
        Column of who took part.
    std_error : str
        Name of the estimator; Stata has only CR1S, and counts clusters' own intercepts.
    """
    if std_error != "CR1S" or call.absorbed or not _sayable((*call.names, received)):
        return None
    terms = " ".join([call.outcome, *_terms(call)])
    fitted = (
        f"ivregress 2sls {terms} ({received} = {call.treated}), vce(cluster {call.cluster}) small"
    )
    return "\n".join([*_groups(call), fitted])


def _sayable(names: tuple[str, ...]) -> bool:
    return all(_STATA_NAME.fullmatch(name) for name in names)


def _vce(call: Call, std_error: str) -> str | None:
    """Return the estimator of variance, or nothing where Stata's may be another."""
    weighted = _weights(call) is not None
    if call.cluster is None:
        kinds = {"HC1": "vce(robust)"}
        if not weighted:
            kinds |= {"HC2": "vce(hc2, dfadjust)", "HC3": "vce(hc3)"}
        return kinds.get(std_error)
    kinds = {"CR3": f"vce(jackknife, cluster({call.cluster}) mse)"}
    if not (call.absorbed and weighted):
        kinds["CR1S"] = f"vce(cluster {call.cluster})"
    if not (call.absorbed or weighted):
        kinds["CR2"] = f"vce(hc2 {call.cluster}, dfadjust)"
    return kinds.get(std_error)


def _weights(call: Call) -> str | None:
    """Return the weights of the estimate; rows that stand for several are repeated."""
    parts = [call.weights] if call.weights and not call.repeats else []
    if call.probability:
        t, p = call.treated, call.probability
        parts.append(f"cond({t} == 1, 1 / {p}, 1 / (1 - {p}))")
    return " * ".join(parts) or None


def _as_sampled(weights: str | None) -> str:
    return f" [pweight = {weights}]" if weights else ""


def _rows(call: Call) -> list[str]:
    if not call.weights:
        return []
    kept = [f"drop if missing({call.weights}) | {call.weights} <= 0"]
    return [*kept, f"expand {call.repeats}"] if call.repeats else kept


def _group(name: str) -> str:
    """Return the numeric copy of a column that may be text."""
    return f"_g_{name}"


def _held(call: Call) -> tuple[str, ...]:
    return (*call.factors, *([call.cluster] if call.absorbed and call.cluster else []))


def _groups(call: Call) -> list[str]:
    return [f"egen long {_group(name)} = group({name})" for name in _held(call)]


def _terms(call: Call, *, absorbed: bool = True) -> list[str]:
    names = _held(call) if absorbed else call.factors
    return [*call.covariates, *(f"i.{_group(name)}" for name in names)]


def _interacted(call: Call, weights: str | None) -> list[str]:
    """Return the commands that centre every column over the rows used, as they are weighted."""
    made = [
        f"quietly tabulate {_group(name)}, generate({_group(name)}_)\ndrop {_group(name)}_1"
        for name in call.factors
    ]
    columns = " ".join([*call.covariates, *(f"{_group(name)}_*" for name in call.factors)])
    weighted = f" [aweight = {weights}]" if weights else ""
    return [
        f"drop if missing({', '.join(call.names)})",
        *_rows(call),
        *_groups(call),
        *made,
        f"foreach v of varlist {columns} {{",
        f"    quietly summarize `v'{weighted}, meanonly",
        "    generate double _c_`v' = `v' - r(mean)",
        "}",
    ]


def _slopes(call: Call, weights: str | None) -> str:
    return f"regress {call.outcome} i.{call.treated}##c.(_c_*){_as_sampled(weights)}"
