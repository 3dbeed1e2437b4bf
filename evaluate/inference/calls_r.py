"""The call in R that gives the same number as a row."""

from __future__ import annotations

import re

from evaluate.inference.calls import Call

_R_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._]*")
_R_WORDS = frozenset(
    {"if", "else", "repeat", "while", "function", "for", "next", "break", "in"}
    | {"TRUE", "FALSE", "NULL", "Inf", "NaN", "NA", "T", "F"}
)
# Each row its own cluster: HC2 with the degrees of freedom of Bell and McCaffrey.
_EACH = "seq_len(nrow(d))"
# As estimatr names them.
_ESTIMATR = {
    **{name: name for name in ("HC0", "HC1", "HC3", "CR0", "CR2")},
    "HC2": "CR2",
    "CR1S": "stata",
}


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
    if std_error == "CR3":
        # With intercepts of the clusters' own, what clubSandwich inverts is singular.
        steps = _jackknife(call)
    elif _beyond_estimatr(call, std_error):
        steps = _club_sandwich(call, std_error)
    elif std_error in _ESTIMATR:
        steps = _estimatr(call, std_error)
    else:
        return None
    return "; ".join([*_rows(call), *steps])


def late_call_r(call: Call, received: str, std_error: str) -> str | None:
    """Return the call in R for the effect of taking part, or nothing where R has none.

    Parameters
    ----------
    call : Call
        The effect of the offer.
    received : str
        Column of who took part.
    std_error : str
        Name of the estimator.
    """
    scaled = std_error == "CR1" or (std_error == "CR1S" and call.absorbed)
    if not (scaled or std_error in _ESTIMATR) or not _sayable((*call.names, received)):
        return None
    terms = _terms(call)
    sides = [" + ".join([r_name(one), *terms]) for one in (received, call.treated)]
    kind = "CR0" if scaled else _ESTIMATR[std_error]
    clusters = [f"clusters = {_clusters(call)}"] if _over_clusters(std_error) else []
    parts = ", ".join(["data = d", *clusters, f'se_type = "{kind}"'])
    fitted = f"m <- estimatr::iv_robust({r_name(call.outcome)} ~ {sides[0]} | {sides[1]}, {parts})"
    shown = ['coef(summary(m))[2, c("Estimate", "Std. Error", "DF")]']
    if scaled:
        shown = [
            f"G <- length(unique({_cluster(call)}))",
            f"se <- m$std.error[[2]] * sqrt({_factor(call, std_error)})",
            'c(Estimate = coef(m)[[2]], "Std. Error" = se, DF = G - 1)',
        ]
    return "; ".join([*_rows(call, received), fitted, *shown])


def r_name(name: str) -> str:
    """Return a column's name as R reads it.

    Parameters
    ----------
    name : str
        The name.
    """
    plain = _R_NAME.fullmatch(name) and name not in _R_WORDS
    return name if plain else f"`{name}`"


def _sayable(names: tuple[str, ...]) -> bool:
    """Return whether R can write every name between backticks."""
    return not any(re.search(r"[^ -~\u00a0-\uffff]|[\\`]", name) for name in names)


def _rows(call: Call, *received: str) -> list[str]:
    """Return the steps that leave the rows used, in which what is true is 1."""
    numbers = _quoted(call.outcome, call.treated, *received)
    number = "as.numeric(if (is.character(d[[v]])) as.logical(d[[v]]) else d[[v]])"
    steps = [
        f"for (v in {numbers}) d[[v]] <- {number}",
        f"d <- d[complete.cases(d[{_quoted(*call.names, *received)}]), ]",
    ]
    if call.repeats:
        steps.append(f"d <- d[rep(seq_len(nrow(d)), d${r_name(call.repeats)}), ]")
    elif call.weights:
        steps.append(f"d <- d[d${r_name(call.weights)} > 0, ]")
    return steps


def _quoted(*names: str) -> str:
    """Return a vector of names, in which no backslash stands."""
    escaped = (name.replace('"', '\\"') for name in dict.fromkeys(names))
    return "c(" + ", ".join(f'"{name}"' for name in escaped) + ")"


def _sampling(call: Call) -> str | None:
    """Return the weights that say how likely a row was to be seen, not how precise it is."""
    parts = [r_name(call.sampling)] if call.sampling else []
    if call.probability:
        t, p = r_name(call.treated), r_name(call.probability)
        parts.append(f"ifelse({t} == 1, 1 / {p}, 1 / (1 - {p}))")
    return " * ".join(parts) or None


def _weights(call: Call) -> str | None:
    """Return the weights of the estimate; rows that stand for several were repeated."""
    parts = [r_name(call.precision) if call.precision else None, _sampling(call)]
    return " * ".join(part for part in parts if part) or None


def _over_clusters(std_error: str) -> bool:
    return std_error == "HC2" or std_error.startswith("CR")


def _clusters(call: Call) -> str:
    return r_name(call.cluster) if call.cluster else _EACH


def _cluster(call: Call) -> str:
    return f"d${r_name(call.cluster)}" if call.cluster else _EACH


def _terms(call: Call, *, absorbed: bool = True) -> list[str]:
    held = [call.cluster] if absorbed and call.absorbed and call.cluster else []
    factors = [f"factor({r_name(name)})" for name in (*call.factors, *held)]
    return [*map(r_name, call.covariates), *factors]


def _beyond_estimatr(call: Call, std_error: str) -> bool:
    """Return whether estimatr lacks the estimator, or has another with the call's weights."""
    if std_error == "CR1":
        return True
    if std_error == "CR1S":
        return call.absorbed
    if std_error not in {"HC2", "CR2"} or _weights(call) is None:
        return False
    return std_error == "HC2" or call.precision is not None or call.absorbed


def _factor(call: Call, std_error: str) -> str:
    """Return what scales CR0 with G clusters, for a fit ``m``."""
    if std_error == "CR1":
        return "G / (G - 1)"
    # Intercepts nested in the clusters do not count, but one.
    return "G / (G - 1) * (nrow(d) - 1) / (nrow(d) - m$rank + G - 1)"


def _estimatr(call: Call, std_error: str) -> list[str]:
    treated, outcome, weights = r_name(call.treated), r_name(call.outcome), _weights(call)
    terms = _terms(call, absorbed=False)
    parts = ["data = d"]
    if call.absorbed:
        parts.append(f"fixed_effects = ~ {r_name(call.cluster or '')}")
    if weights:
        parts.append(f"weights = {weights}")
    if _over_clusters(std_error):
        parts.append(f"clusters = {_clusters(call)}")
    parts.append(f'se_type = "{_ESTIMATR[std_error]}"')
    if call.interacted and terms:
        model = f"lm_lin({outcome} ~ {treated}, covariates = ~ {' + '.join(terms)}"
    else:
        model = f"lm_robust({outcome} ~ {' + '.join([treated, *terms])}"
    row = 1 if call.absorbed else 2
    fitted = f"m <- estimatr::{model}, {', '.join(parts)})"
    return [fitted, f'coef(summary(m))[{row}, c("Estimate", "Std. Error", "DF")]']


def _design(call: Call) -> list[str]:
    """Return the steps that make the design ``X`` and the outcome ``y``."""
    treated, terms = r_name(call.treated), _terms(call)
    if not (call.interacted and terms):
        made = [f"X <- model.matrix(~ {' + '.join([treated, *terms])}, d)"]
    else:
        weights = _weights(call)
        centre = f"apply(Z, 2, weighted.mean, with(d, {weights}))" if weights else "colMeans(Z)"
        made = [
            f"Z <- model.matrix(~ {' + '.join(terms)}, d)[, -1, drop = FALSE]",
            f"Z <- scale(Z, {centre}, FALSE)",
            f"X <- cbind(1, d${treated}, Z, d${treated} * Z)",
        ]
    return [*made, f"y <- d${r_name(call.outcome)}"]


def _club_sandwich(call: Call, std_error: str) -> list[str]:
    """Return the steps for an estimator that estimatr lacks."""
    steps, sampling = _design(call), _sampling(call)
    if call.precision:
        # Rows times the root of their precision are of equal variance.
        steps += [f"s <- sqrt(d${r_name(call.precision)})", "X <- s * X", "y <- s * y"]
    if sampling:
        steps.append(f"w <- with(d, {sampling})")
    reduced = std_error in {"HC2", "CR2"}
    cluster, kind = _cluster(call), "CR2" if reduced else "CR0"
    steps += [
        f"m <- lm(y ~ 0 + X{', weights = w' if sampling else ''})",
        f'v <- clubSandwich::vcovCR(m, cluster = {cluster}, type = "{kind}")',
    ]
    if reduced:
        return [*steps, 'clubSandwich::coef_test(m, vcov = v, test = "Satterthwaite", coefs = 2)']
    return [
        *steps,
        f"G <- length(unique({cluster}))",
        f"se <- sqrt(v[2, 2] * {_factor(call, std_error)})",
        'c(Estimate = coef(m)[[2]], "Std. Error" = se, DF = G - 1)',
    ]


def _jackknife(call: Call) -> list[str]:
    """Return the steps that leave out one cluster at a time."""
    weights, cluster = _weights(call), _cluster(call)
    return [
        *_design(call),
        f"w <- {f'with(d, {weights})' if weights else 'rep(1, nrow(d))'}",
        "b <- function(i) lm.wfit(X[i, , drop = FALSE], y[i], w[i])$coefficients[[2]]",
        f"each <- sapply(unique({cluster}), function(g) b({cluster} != g))",
        "G <- length(each)",
        "all <- b(rep(TRUE, nrow(d)))",
        'c(Estimate = all, "Std. Error" = sqrt((G - 1) / G * sum((each - all)^2)), DF = G - 1)',
    ]
