"""The locked plan as a document that people read, in the structure that registries ask for.

Sections are those of the Registry of Efficacy and Effectiveness Studies (REES); a map says
where the questions of OSF Prereg and of EEF's statistical analysis plan are answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluate.study.differences import elements
from evaluate.study.plan import Json, plain_dump
from evaluate.study.plan_markdown import bullets, code, escaped, heading, pairs, table
from evaluate.study.plan_sections import analysis_plan, design, outcomes, questions, sample
from evaluate.study.schema import Study

_ACCESS = {
    "not_created": "The data did not exist yet.",
    "not_accessed": "The data existed, and nobody on the study had access to them.",
    "accessed": "There was access to the data; outcomes had not been seen.",
    "outcomes_seen": "Outcomes had been seen. All analyses are exploratory.",
}
_TIDIER = {
    "name": "1 Name",
    "why": "2 Why",
    "what": "3, 4 What",
    "provider": "5 Who provides",
    "how": "6 How",
    "where": "7 Where",
    "dose": "8 When and how much",
    "tailoring": "9 Tailoring",
    "changes": "10 Modifications",
    "fidelity": "11, 12 How well",
    "class": "Class",
    "reach": "Reach",
    "levels": "Levels",
}
# Section, REES, OSF Prereg, EEF statistical analysis plan.
_MAP = (
    ("1 General information", "I", "Study information; existing data", "Introduction"),
    ("2 Study", "II", "Study information", "Introduction; design overview"),
    ("3 Research questions", "III", "Hypotheses; confirmatory or exploratory", "Introduction"),
    ("4 Design", "IV", "Design plan", "Design overview"),
    ("5 Sample", "V", "Sampling plan", "Sample size calculations; missing data"),
    ("6 Outcomes", "VI", "Variables", "Design overview: outcomes"),
    ("7 Analysis plan", "VII", "Analysis plan", "Primary, secondary, subgroup, additional"),
    ("8 Materials", "VIII", "Other", "Presentation"),
)


def about(study: Study) -> Json:
    """Return what a reader of the plan needs beside it; no part of what is registered.

    Parameters
    ----------
    study : Study
        The definition as it is being locked.
    """
    content = {
        "title": study.title,
        "status": study.status,
        "programme": study.programme.model_dump(mode="json", by_alias=True, exclude_none=True),
        "intervention": study.intervention.model_dump(mode="json", by_alias=True),
    }
    shown: Json = plain_dump(content, study.language)
    return shown


def document(content: Json, mdes: Mapping[str, str]) -> str:
    """Return a locked plan as Markdown, every element of it included.

    Parameters
    ----------
    content : dict
        What ``plan.json`` holds, without its seal and the hash of this text.
    mdes : mapping of str to str
        The minimum detectable effect of each outcome, in words, where it has been simulated.
    """
    plan = content["definition"]
    parts = (
        _front(content),
        _general(content),
        _study(content),
        questions(plan),
        design(plan),
        sample(plan, mdes),
        outcomes(plan, mdes),
        analysis_plan(plan),
        _materials(content),
        _map(),
        _everything(plan),
    )
    lines = [line for part in parts for line in part]
    return "\n".join(lines).rstrip("\n") + "\n"


def _front(content: Json) -> Iterator[str]:
    plan = content["definition"]
    yield from heading(1, f"Analysis plan: {escaped(content['about']['title'])}")
    amends = content.get("amends")
    word = "Amendment locked" if amends else "Locked"
    yield f"{word} on {content['date']}. SHA-256 of the plan: `{content['sha256']}`."
    yield ""
    if content["data_access"] == "outcomes_seen":
        yield "> **Locked after outcomes had been seen.** Such a plan does not protect against"
        yield "> choosing by results: every analysis is exploratory, on every page."
        yield ""
    if plan.get("data", {}).get("kind") == "dummy":
        yield "> **Dummy data.** The rows are invented; nothing that follows from them is a result."
        yield ""
    yield "This document is made from `study.yaml`. It is not edited: a change is an amendment or"
    yield "a deviation, and both are shown."
    yield ""


def _general(content: Json) -> Iterator[str]:
    told, software = content["about"], content["software"]
    programme = told["programme"]
    period = programme.get("period", {})
    yield from heading(2, "1 General information")
    yield from pairs(
        {
            "Title": told["title"],
            "Study": content["id"],
            "Programme owner": programme.get("owner"),
            "Partners": "; ".join(programme.get("partners", ())),
            "Funders": "; ".join(one["funder"] for one in programme.get("funding", ())),
            "Country": "; ".join(programme.get("country", ())),
            "Programme period": " to ".join(
                str(period[key]) for key in ("from", "to") if key in period
            ),
            "Status of the study": told["status"],
            "Date of locking": content["date"],
            "Data access": _ACCESS[content["data_access"]],
            "Language of the texts": content["definition"]["language"],
            "Amends the version with the seal": content.get("amends"),
            "Software": f"Evaluate {software['version']}, source {software['source']}",
        }
    )


def _study(content: Json) -> Iterator[str]:
    intervention = content["about"]["intervention"]
    yield from heading(2, "2 Study")
    yield from heading(3, "Intervention")
    yield "The items of TIDieR as they stood when the plan was locked."
    yield ""
    shown = {title: _listed(intervention.get(key)) for key, title in _TIDIER.items()}
    yield from pairs(shown)
    yield from heading(3, "Comparison")
    compared = content["definition"]["comparison"]
    names = {"who": "Who", "received": "Received", "why_credible": "Why it is credible"}
    yield from pairs({title: compared[key] for key, title in names.items()})


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _materials(content: Json) -> Iterator[str]:
    yield from heading(2, "8 Materials")
    yield from bullets(
        (
            "`study.yaml`: the definition that this plan was made from",
            "`plan/`: the plan as JSON with its hash, and this document",
            "the data dictionary: every variable with type, unit, values and source",
            f"`evaluate run`: all results, by Evaluate {escaped(content['software']['version'])}",
        )
    )


def _map() -> Iterator[str]:
    yield from heading(2, "Where each registry finds its questions")
    yield from table(("Section here", "REES", "OSF Prereg", "EEF analysis plan"), _MAP)


def _everything(plan: Json) -> Iterator[str]:
    yield from heading(2, "Every element of the plan")
    yield "The hash is that of these elements. Not part of the plan: texts about the programme,"
    yield "where files lie and how they are written, and where figures of money come from."
    yield ""
    rows = ((code(element), escaped(words)) for element, words in elements(plan).items())
    yield from table(("Element", "Registered"), rows)
