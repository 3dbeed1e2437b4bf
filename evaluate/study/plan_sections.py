"""Sections 3 to 7 of a rendered plan: questions, design, sample, outcomes and analyses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluate.study.differences import elements, in_words
from evaluate.study.plan import Json
from evaluate.study.plan_markdown import bullets, code, escaped, heading, pairs, table

NOT_SIMULATED = "not simulated"
_ADJUSTMENT = {
    "none": "none",
    "additive": "covariates enter additively",
    "interacted": "covariates fully interacted with treatment",
}
_MISSING = {
    "error": "a missing covariate stops the run",
    "complete_case": "rows without a covariate are left out, and counted",
    "indicator": "missing covariates are marked by an indicator, and all rows are kept",
    "multiple_imputation": "missing covariates are imputed several times",
}


def questions(plan: Json) -> Iterator[str]:
    """Yield section 3: the question, and which analyses are confirmatory."""
    yield from heading(2, "3 Research questions")
    yield escaped(plan["question"])
    yield ""
    kinds = (("Confirmatory", False), ("Exploratory", True))
    for title, explores in kinds:
        yield from heading(3, title)
        found = [
            f"{code(name)} ({one['role']}): the {one['estimand']} on {code(one['outcome'])}"
            for name, one in plan["analyses"].items()
            if (one["role"] == "exploratory") == explores
        ]
        yield from bullets(found or ["none"])


def design(plan: Json) -> Iterator[str]:
    """Yield section 4: of each analysis how a comparison group gives an effect."""
    yield from heading(2, "4 Design")
    rows = []
    for name, one in plan["analyses"].items():
        (method,) = one["design"]
        given = one.get("assignment", {})
        rows.append(
            (
                code(name),
                escaped(method),
                escaped(given.get("level", "not stated")),
                code(given["unit"]) if "unit" in given else "",
                escaped(given.get("probability", "")),
            )
        )
    heads = ("Analysis", "Design", "Assigned", "Unit", "Probability of treatment")
    yield from table(heads, rows)
    for name, one in plan["analyses"].items():
        yield f"Fields of the design of {code(name)}:"
        yield ""
        yield from _elements(next(iter(one["design"].values())))


def sample(plan: Json, mdes: Mapping[str, str]) -> Iterator[str]:
    """Yield section 5: the rows that are used, and how large the sample is expected to be.

    Parameters
    ----------
    plan : dict
        The canonical plan.
    mdes : mapping of str to str
        Minimum detectable effects by outcome.
    """
    yield from heading(2, "5 Sample")
    yield from heading(3, "Data")
    if "data" in plan:
        yield from _elements(plan["data"])
    else:
        yield "No data are described yet."
        yield ""
    yield f"Release of results: profile {code(plan['disclosure']['profile'])}."
    yield ""
    yield from heading(3, "Sample size")
    assumed = plan.get("assumptions")
    if assumed is None:
        yield f"No assumptions are stated; the minimum detectable effect is {NOT_SIMULATED}."
        yield ""
        return
    units = {key: one for key, one in assumed.items() if key not in ("outcomes", "covariates")}
    yield from _elements(units)
    rows = [
        (
            code(key),
            *(escaped(in_words(one.get(field)) or "") for field in _ASSUMED),
            escaped(mdes.get(key, NOT_SIMULATED)),
        )
        for key, one in assumed["outcomes"].items()
    ]
    yield from table(("Outcome", *_ASSUMED.values(), "MDES"), rows)
    yield "Two-sided, 5 % level, 80 % power, unless an analysis says otherwise."
    yield ""
    covariates = assumed.get("covariates", {})
    yield from _elements(covariates, "Covariate")


_ASSUMED = {
    "baseline": "Baseline",
    "effect": "Effect",
    "sd": "SD",
    "icc": "ICC",
    "autocorrelation": "Autocorrelation",
    "missing": "Missing",
}


def outcomes(plan: Json, mdes: Mapping[str, str]) -> Iterator[str]:
    """Yield section 6: what is measured, and what would be worth having.

    Parameters
    ----------
    plan : dict
        The canonical plan.
    mdes : mapping of str to str
        Minimum detectable effects by outcome.
    """
    yield from heading(2, "6 Outcomes")
    rows = [
        (
            code(key),
            one["role"],
            code(one["column"]) if "column" in one else "",
            escaped(one["unit"]),
            one["direction"],
            escaped(one.get("smallest_worthwhile", "")),
            escaped(mdes.get(key, NOT_SIMULATED)),
            code(plan["leading"].get(key, "")),
        )
        for key, one in plan["outcomes"].items()
    ]
    heads = ("Outcome", "Role", "Column", "Unit", "Desired", "Smallest worthwhile", "MDES")
    yield from table((*heads, "Answered by"), rows)
    yield from bullets(
        f"{code(key)}{_domain(one)}: {escaped(one.get('definition', 'not defined further'))}"
        for key, one in plan["outcomes"].items()
    )


def _domain(one: Json) -> str:
    return f" ({escaped(one['domain'])})" if "domain" in one else ""


def analysis_plan(plan: Json) -> Iterator[str]:
    """Yield section 7: of each analysis how it is estimated, then the parameters of money."""
    yield from heading(2, "7 Analysis plan")
    for name, one in plan["analyses"].items():
        yield from heading(3, f"{code(name)}")
        inference = one["inference"]
        yield from pairs(
            {
                "Role": one["role"],
                "Outcome": one["outcome"],
                "Estimand": one["estimand"],
                "Adjustment": _ADJUSTMENT.get(one.get("adjustment"), "the design's default"),
                "Standard errors": ", ".join(inference["std_error"]),
                "Confidence level": inference["conf_level"],
                "Draws": inference["draws"],
                "Tested together with": inference.get("family") or _family(plan, name),
                "Missing covariates": _MISSING.get(
                    one["missing"]["covariates"], one["missing"]["covariates"]
                ),
                "Imputations": one["missing"].get("imputations"),
                "Subgroups": "none" if not one["subgroups"] else None,
                "Negative controls": ", ".join(one.get("negative_controls", ())) or None,
            }
        )
        yield from table(
            ("Subgroup", "Reason"),
            ((code(g["column"]), escaped(g["reason"])) for g in one["subgroups"]),
        )
        yield from table(("Alternative", "Chosen otherwise"), _alternatives(one))
    yield f"Boundary of attrition: {escaped(plan['evidence']['boundary'])}."
    yield ""
    if "economics" in plan:
        yield from heading(3, "Costs and benefits")
        yield from _elements(plan["economics"], "Parameter")


def _alternatives(analysis: Json) -> Iterator[tuple[str, str]]:
    """Yield the alternatives of an analysis, each with what differs."""
    for name, one in analysis.get("alternatives", {}).items():
        differs = elements({key: each for key, each in one.items() if key != "title"})
        told = (f"{key} {words}" for key, words in differs.items() if words != "nothing")
        yield code(name), escaped("; ".join(told))


def _family(plan: Json, name: str) -> str:
    """Return with what an analysis is tested that names no family."""
    outcome = plan["analyses"][name]["outcome"]
    leads = plan["leading"].get(outcome) == name
    primary = leads and plan["outcomes"][outcome]["role"] == "primary"
    return "the other primary outcomes" if primary else "nothing else"


def _elements(block: Mapping[str, Any], head: str = "Element") -> Iterator[str]:
    """Yield a table of all that a block holds."""
    rows = ((code(key), escaped(words)) for key, words in elements(dict(block)).items() if key)
    yield from table((head, "Planned"), rows)
