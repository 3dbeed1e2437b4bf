"""Small invented findings, one for each kind of chapter, and the text of a chapter.

``PYTHONPATH=. python tests/book/example_chapters.py`` writes ``golden/`` anew; read the difference before
committing it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import example_tables as made
from docutils import nodes

from evaluate.book.account_page import account_page
from evaluate.book.chapter import chapter
from evaluate.book.picture import Drawing
from evaluate.book.view import View
from evaluate.core import Check, Column, Estimate, Finding, Refusal, Table, Verdict

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("en", "nb")


def both(en: str, nb: str) -> dict[str, str]:
    return {"en": en, "nb": nb}


TIDIER = ("name", "why", "what", "provider", "how", "where", "dose", "tailoring", "changes")
STUDY: dict[str, Any] = {
    "title": both("Homework help", "Leksehjelp"),
    "question": both("Does homework help work?", "Virker leksehjelp?"),
    "language": "nb",
    "languages": ["nb", "en"],
    "programme": {
        "owner": both("The county", "Fylket"),
        "partners": [{"nb": "Skolene"}],
        "period": {"from": "2020-08-01", "to": "2022-06-30"},
        "funding": [{"funder": both("The state", "Staten"), "amount": "grant"}],
        "country": [both("Norway", "Norge")],
    },
    "intervention": {
        **{key: both(f"About {key}.", f"Om {key}.") for key in (*TIDIER, "fidelity")},
        "class": ["preventive", "intervening"],
        "reach": "selective",
        "levels": ["individual", "school"],
    },
    "comparison": {
        "who": both("Pupils who drew a blank", "Elever som ikke ble trukket"),
        "received": both("Ordinary teaching", "Vanlig undervisning"),
        "why_credible": both("A lottery decided.", "Loddtrekning avgjorde."),
    },
    "outcomes": {
        "score": {
            "title": both("Test score", "Prøveresultat"),
            "unit": "points/test",
            "role": "primary",
            "direction": "increase",
            "smallest_worthwhile": 2.0,
            "definition": both("Mean of two tests.", "Snittet av to prøver."),
        }
    },
    "analyses": {
        "main": {
            "outcome": "score",
            "estimand": "ATE",
            "design": "randomised",
            "design_title": "Randomised trial",
            "role": "primary",
            "adjustment": "none",
            "inference": {"std_error": ["HC2"], "conf_level": 0.95},
            "fields": {"treated": "offer"},
        }
    },
    "facts": [
        {
            "id": "grant",
            "quantity": both("grant", "tilskudd"),
            "value": 1200000.0,
            "unit": both("NOK", "kroner"),
            "source": {"title": both("Budget", "Budsjett"), "date": "2019"},
            "status": "verified",
        },
        {
            "id": "pupils-a",
            "quantity": both("pupils", "elever"),
            "value": 400.0,
            "as_of": "2021",
            "source": {"title": {"nb": "Årsmelding"}, "url": "https://example.org/a"},
            "status": "verified",
        },
        {
            "id": "pupils-b",
            "quantity": both("pupils", "elever"),
            "value": 380.0,
            "scope": both("those who came", "de som møtte"),
            "source": {"title": {"nb": "Sluttrapport"}, "page": "12"},
            "status": "unverified",
        },
    ],
    "references": {"report": {"title": {"nb": "Sluttrapport"}, "author": "Fylket", "date": "2022"}},
    "prose": {
        "nb": [
            {
                "type": "paragraph",
                "children": [
                    {"type": "text", "text": "Tilskuddet var "},
                    {"type": "fact", "id": "grant"},
                    {"type": "text", "text": " "},
                    {"type": "cite", "key": "report"},
                    {"type": "text", "text": "."},
                ],
            }
        ]
    },
}
ECONOMICS = {
    "analysis": "main",
    "currency": "NOK",
    "price_year": 2020,
    "payers": {
        "pupil": {"title": both("Pupils", "Elevene")},
        "county": {"title": both("County", "Fylkeskommunen")},
    },
    "costs": [
        {
            "item": "hours",
            "title": both("Teachers' hours", "Lærertimer"),
            "source": {"title": {"nb": "Regnskap"}, "date": "2021"},
        }
    ],
}
ROW = Estimate(
    estimate=4.0,
    std_error=1.0,
    conf_low=2.04,
    conf_high=5.96,
    n_obs=1200,
    n_treated=600,
    method="difference in means",
    std_error_method="HC2",
    unit="points/test",
    estimand="ATE",
    df=1190.5,
    p_value=0.00007,
    analysis="main",
    design="randomised",
    outcome="score",
)
CHECKS = (
    Check("clusters", "passed", "1200 pupils were drawn one by one.", None, "main"),
    Check("attrition", "uninformative", "Too few to tell.", None, "main"),
    Check("balance", "failed", "1 of 3 covariates differs.", None, "main"),
    Check("sensitivity", "not_run", "The design has none.", None, "main"),
)


def table(identity: str, kind: str, rows: list[dict[str, Any]], **types: Any) -> Table:
    columns = tuple(Column(key, types.get(key, "number"), {"en": key}) for key in rows[0])
    return Table(identity, kind, columns, tuple(rows), identity.partition(".")[0])


def arms(treated: float, comparison: float) -> Table:
    rows = [
        {"arm": name, "n_assigned": 610, "n_obs": 600, "mean": mean, "std_dev": 9.5}
        for name, mean in (("treated", treated), ("comparison", comparison))
    ]
    return table("main.arms", "arms", rows, arm="text")


def accounts() -> tuple[Table, ...]:
    def row(payer: str, cost: float, benefit: float, low: float, high: float) -> dict[str, Any]:
        net = {"net": benefit - cost, "net_low": low, "net_high": high, "prob_positive": 0.81}
        ratio = {"benefit_cost_ratio": benefit / cost} if cost else {"state": "no cost"}
        return {"payer": payer, "cost": cost, "benefit": benefit, **net, **ratio}

    rows = [
        row("county", 12000.0, 3000.0, -9900.0, -8100.0),
        row("pupil", 0.0, 14000.0, 7000.0, 21000.0),
        row("society", 12000.0, 17000.0, -2000.0, 12000.0),
    ]
    inputs = [
        {
            "item": "hours",
            "payer": "county",
            "side": "cost",
            "amount": 12000.0,
            "currency": "NOK",
            "per": "participant",
            "years": "0",
            "status": "illustrative",
        }
    ]
    rates = [
        {"from_year": 0, "to_year": 40, "rate": 0.04, "source": "Rundskriv", "status": "verified"},
        {"from_year": 40, "rate": 0.03, "source": "Rundskriv", "status": "verified"},
    ]
    even = [
        {"payer": "county", "effect": 16.0, "state": "", "prob_reached": 0.0},
        {"payer": "pupil", "state": "always pays"},
        {"payer": "society", "effect": 2.8, "state": "", "prob_reached": 0.81},
    ]
    sums = [
        {"measure": "programme", "per_participant": 12400.0, "per_completed": 15500.0},
        {"measure": "comparison", "per_participant": -400.0, "per_completed": -500.0},
        {"measure": "incremental", "per_participant": 12000.0, "per_completed": 15000.0},
        {"measure": "in_kind", "per_participant": 900.0, "per_completed": 1125.0},
        {"measure": "payer_county", "per_participant": 12000.0, "per_completed": 15000.0},
    ]
    return (
        table("economics.accounts", "accounts", rows, payer="text"),
        table("economics.inputs", "inputs", inputs, item="text"),
        table("economics.schedule", "schedule", rates),
        table("economics.break_even", "break_even", even, payer="text"),
        table("economics.cost_summary", "cost_summary", sums, measure="text"),
    )


def costs_alone() -> tuple[Table, ...]:
    """Return the account of a programme whose effect nobody knows: what it costs, and no more."""
    rows = [
        {"payer": payer, "cost": cost, "benefit": 0.0, "net": -cost, "state": "no cost"}
        for payer, cost in (("county", 9000.0), ("pupil", 3000.0), ("society", 12000.0))
    ]
    sums = [
        {"measure": "programme", "per_participant": 12000.0, "share": 1.0},
        {"measure": "incremental", "per_participant": 12000.0, "share": 1.0},
        {"measure": "payer_county", "per_participant": 9000.0, "share": 0.75},
        {"measure": "payer_pupil", "per_participant": 3000.0, "share": 0.25},
    ]
    kept = [one for one in accounts() if one.kind in ("inputs", "schedule")]
    return (
        table("economics.accounts", "accounts", rows, payer="text"),
        table("economics.cost_summary", "cost_summary", sums, measure="text"),
        *kept,
    )


BENEFIT = Finding(
    id="homework-help",
    study={**STUDY, "economics": ECONOMICS},
    data_kind="public",
    stage="final",
    outcome="complete",
    verdicts=(Verdict("score", "shown benefit", 4, ("step 5 needs balance: failed",), 2.8),),
    estimates=(ROW,),
    checks=CHECKS,
    tables=(arms(54.0, 50.0), *accounts()),
    provenance={"definition": "0" * 64, "data": "1" * 64},
    released={"profile": "none", "hidden": 2},
)
REFUSED = replace(
    BENEFIT,
    study=STUDY,
    outcome="refused",
    verdicts=(Verdict("score", "not estimable", 0, ("nobody went without it",)),),
    estimates=(),
    checks=(),
    tables=(),
    refusals=(Refusal("main", "no_comparison", "Nobody went without it.", "Find others."),),
)
PLANNED = replace(
    BENEFIT,
    study=STUDY,
    data_kind=None,
    stage="planned",
    outcome="planned",
    verdicts=(),
    estimates=(),
    checks=(),
    tables=(),
)
UNCLEAR = replace(
    ROW, estimate=0.5, conf_low=-3.5, conf_high=4.5, std_error=2.04, p_value=0.8, df=None
)
NOT_DETECTABLE = replace(
    BENEFIT,
    study=STUDY,
    verdicts=(Verdict("score", "not detectable", 4, (), 5.7),),
    estimates=(UNCLEAR,),
    tables=(arms(50.5, 50.0),),
)
DUMMY = replace(NOT_DETECTABLE, data_kind="dummy")
_SHARE = {**STUDY["outcomes"]["score"], "unit": "share", "smallest_worthwhile": 0.02}
SHARE = replace(
    BENEFIT,
    study={**STUDY, "outcomes": {"score": {**_SHARE, "title": both("Completed", "Fullført")}}},
    verdicts=(Verdict("score", "shown benefit", 4, ("likely overstated",), 0.07),),
    estimates=(
        replace(
            ROW, unit="share", estimate=0.0449, conf_low=0.004, conf_high=0.0858, std_error=0.02
        ),
    ),
    tables=(arms(0.7849, 0.74),),
)
PLAN = {
    "data_access": "not_accessed",
    "registration": {"registry": both("OSF", "OSF"), "id": "abc12", "url": "https://osf.io/abc12"},
    "registered": True,
    "date": "2020-06-01",
    "sha256": "ab" * 32,
    "n_deviations": 2,
    "amendments": [],
    "deviations": [
        {
            "element": "analyses.main.design.randomised.covariates",
            "reason": both("Grades came later than agreed.", "Karakterene kom senere enn avtalt."),
        }
    ],
}
_RATED = {
    "completed": {
        **STUDY["outcomes"]["score"],
        "title": both("Completed", "Fullført"),
        "unit": "share",
        "smallest_worthwhile": 0.02,
        "role": "secondary",
    },
    **STUDY["outcomes"],
}
LOCKED = replace(
    BENEFIT,
    study={**STUDY, "economics": ECONOMICS, "outcomes": _RATED, "plan": PLAN},
    verdicts=(*BENEFIT.verdicts, Verdict("completed", "inconclusive", 4, (), 0.02)),
    estimates=(
        ROW,
        replace(ROW, role="registered", estimate=3.1, conf_low=0.9, conf_high=5.3),
        replace(UNCLEAR, role="exploratory", analysis="girls"),
        replace(
            UNCLEAR, outcome="completed", unit="share", estimate=0.04, conf_low=-0.001,
            conf_high=0.081, std_error=0.02,
        ),
    ),
    tables=(
        *BENEFIT.tables,
        made.flow(),
        made.precision("score"),
        made.diagnosis("score"),
        made.power_curve("score"),
        made.ratings(),
        made.effect_sizes("score"),
        made.frequencies("completed"),
        made.deviations(),
        *made.checklists(),
    ),
)  # fmt: skip
_ALTERNATIVES = {"more_schools": {"clusters": 60, "cluster_size": 30.0}}
POWERED = replace(
    PLANNED,
    study={**STUDY, "plan": PLAN, "assumptions": {"clusters": 40, "alternatives": _ALTERNATIVES}},
    stage="registered",
    tables=(
        made.precision("score", achieved=False),
        made.diagnosis("score"),
        made.power_curve("score"),
        *made.checklists(),
    ),
)
_ROLLED = {
    **STUDY,
    "outcomes": {
        "score": {**_SHARE, "title": both("Completed, of all young people", "Fullført, av alle")}
    },
    "published": [{"id": "county", "outcome": "score"}],
}
ROLLED_OUT = replace(
    BENEFIT,
    study=_ROLLED,
    verdicts=(Verdict("score", "shown benefit", 4, (), 0.017),),
    estimates=(
        replace(
            ROW, unit="share", estimate=0.031, conf_low=0.012, conf_high=0.05, std_error=0.0095,
            method="group-time effects, weighted by cohort", n_clusters=290, n_treated=47,
        ),
        *(
            replace(
                ROW, unit="share", estimate=0.01 * time, conf_low=0.01 * time - 0.02,
                conf_high=0.01 * time + 0.02, std_error=0.01, term=f"event_time={time}",
                role="beside", band_low=0.01 * time - 0.027, band_high=0.01 * time + 0.027,
            )
            for time in (0, 1)
        ),
        replace(
            ROW, unit="share", estimate=0.022, conf_low=0.004, conf_high=0.04, std_error=0.009,
            method="two-way fixed effects", role="beside",
        ),
    ),
    tables=(*made.over_time(0.01), made.placebos(), made.dilution(), made.published()),
)  # fmt: skip
MONEY_UNCLEAR = replace(
    NOT_DETECTABLE,
    study={**STUDY, "economics": ECONOMICS},
    tables=(arms(50.5, 50.0), *accounts()),
)
_NO_EFFECT = {key: one for key, one in ECONOMICS.items() if key != "analysis"}
COSTS_ALONE = replace(PLANNED, study={**STUDY, "economics": _NO_EFFECT}, tables=costs_alone())
_SUPPOSED = {
    "value": 4.0,
    "unit": "points/test",
    "direction": "increase",
    "status": "illustrative",
    "note": both("Half of what is usual.", "Halvparten av det vanlige."),
}
WHAT_IF = replace(
    PLANNED,
    study={**STUDY, "economics": {**_NO_EFFECT, "effects": {"test": {"assumed": _SUPPOSED}}}},
    tables=accounts(),
)
FINDINGS = {
    "benefit": BENEFIT,
    "refused": REFUSED,
    "planned": PLANNED,
    "not-detectable": NOT_DETECTABLE,
    "dummy": DUMMY,
    "share": SHARE,
    "locked": LOCKED,
    "powered": POWERED,
    "rolled-out": ROLLED_OUT,
    "money-unclear": MONEY_UNCLEAR,
    "costs-alone": COSTS_ALONE,
    "what-if": WHAT_IF,
}
# Whose whole account has a page.
ACCOUNTS = ("benefit", "money-unclear", "costs-alone", "what-if")


def lines(finding: Finding, language: str) -> list[str]:
    """Return the chapter as plain lines: headings, paragraphs, rows of tables."""
    return [one for one in _lines(chapter(View(finding, language)), 0) if one.strip(" |-#")]


def account_lines(finding: Finding, language: str) -> list[str]:
    """Return the page of an account as plain lines."""
    page = account_page(View(finding, language), finding.id)
    return [one for one in _lines(page, 0) if one.strip(" |-#")]


def _lines(node: nodes.Node, depth: int) -> Iterator[str]:
    if isinstance(node, Drawing):
        yield f"[figure] {node['title']} – {node['subtitle']}"
    if isinstance(node, nodes.row):
        yield " | ".join(_plain(one) for one in node.children)
    elif isinstance(node, nodes.title):
        mark = "#" * depth if isinstance(node.parent, nodes.section) else "[table]"
        yield f"{mark} {_plain(node)}"
    elif isinstance(node, nodes.rubric):
        yield f"~ {_plain(node)}"
    elif isinstance(node, (nodes.paragraph, nodes.literal_block)):
        start = "- " if isinstance(node.parent, nodes.list_item) else ""
        yield start + _plain(node)
    else:
        deeper = depth + isinstance(node, nodes.section)
        for child in node.children:
            yield from _lines(child, deeper)


def _plain(node: nodes.Node) -> str:
    """Return text with ordinary spaces; ``↵`` stands where a code block has a line break."""
    text = node.astext().strip().replace("\n", " ↵ ")
    return " ".join(text.split())


def golden(name: str, language: str) -> Path:
    return GOLDEN / f"{name}.{language}.txt"


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name_, finding_ in FINDINGS.items():
        for language_ in LANGUAGES:
            text_ = "\n".join(lines(finding_, language_)) + "\n"
            golden(name_, language_).write_text(text_, encoding="utf-8")
    for name_ in ACCOUNTS:
        for language_ in LANGUAGES:
            text_ = "\n".join(account_lines(FINDINGS[name_], language_)) + "\n"
            golden(f"account-{name_}", language_).write_text(text_, encoding="utf-8")
