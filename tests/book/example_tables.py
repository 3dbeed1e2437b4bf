"""Invented tables of the kinds that a plan, a power analysis and the ratings give."""

from __future__ import annotations

from typing import Any

from evaluate.core import Column, Table

Rows = list[dict[str, Any]]


def made(kind: str, rows: Rows, analysis: str = "") -> Table:
    """A table whose columns are those of all its rows."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = tuple(Column(name, "text", {"en": name}) for name in names)
    identity = f"{analysis}.{kind}" if analysis else kind
    return Table(identity, kind, columns, tuple(rows), analysis)


def flow(scale: int = 1, reason: str = "moved abroad") -> Table:
    steps = [
        ("eligible", "all", 2100, 42, None, ""),
        ("included", "all", 2000, 40, 100, "two schools closed"),
        ("assigned", "treated", 1000, 20, None, ""),
        ("assigned", "comparison", 1000, 20, None, ""),
        ("analysed", "treated", 962, 20, 38, reason),
        ("analysed", "comparison", 951, 19, 49, reason),
    ]
    rows: Rows = []
    for stage, arm, n, clusters, lost, why in steps:
        row = {"stage": stage, "arm": arm, "n": n * scale, "n_clusters": clusters * scale}
        rows.append(row | ({} if lost is None else {"lost": lost * scale, "reason": why}))
    return made("flow", rows, "main")


def flow_of_people(words: str) -> Table:
    """Steps without clusters, several reasons for one loss, and a number that was withheld."""
    rows: Rows = [
        {"stage": "eligible", "arm": "all", "n": 1200345},
        {"stage": "linked", "arm": "all", "n": 1190001, "lost": 9000, "reason": words},
        {"stage": "linked", "arm": "all", "n": 1190001, "lost": 1344, "reason": words},
        {"stage": "analysed", "arm": "treated", "reason": "other"},
        {"stage": "analysed", "arm": "comparison", "n": 590001, "lost": 12, "reason": ""},
    ]
    return made("flow", rows, "main")


def precision(outcome: str, size: float = 1.0, *, achieved: bool = True) -> Table:
    row: dict[str, Any] = {
        "outcome": outcome,
        "planned_mde": 2.4 * size,
        "planned_std_error": 0.85 * size,
        "planned_n": 2000,
        "planned_clusters": 40,
        "planned_icc": 0.1,
        "planned_by": "formula",
    }
    if achieved:
        row |= {
            "achieved_mde": 2.8 * size,
            "achieved_std_error": size,
            "achieved_n": 1913,
            "achieved_clusters": 39,
            "achieved_icc": 0.12,
        }
    return made("precision", [row])


def diagnosis(outcome: str, size: float = 1.0) -> Table:
    rows: Rows = []
    for scenario, power, mde in (("main", 0.76, 2.4), ("more_schools", 0.93, 1.9)):
        rows.append(
            {
                "scenario": scenario,
                "outcome": outcome,
                "draws": 1000,
                "effect": 2.3 * size,
                "power": power,
                "power_low": power - 0.027,
                "power_high": power + 0.025,
                "false_positive": 0.048,
                "false_positive_low": 0.036,
                "false_positive_high": 0.063,
                "coverage": 0.951,
                "bias": 0.01 * size,
                "bias_low": -0.05 * size,
                "bias_high": 0.07 * size,
                "mean_std_error": 0.86 * size,
                "true_std_error": 0.85 * size,
                "type_s": 0.0,
                "type_m": 1.14,
                "mde": mde * size,
                "mde_formula": (mde - 0.02) * size,
                "refused": 0.0,
            }
        )
    return made("diagnosis", rows)


def power_curve(outcome: str, size: float = 1.0) -> Table:
    axes = {
        "clusters": [20, 30, 40, 60, 80],
        "cluster_size": [10, 25, 50, 100],
        "icc": [0.02, 0.05, 0.1, 0.2],
        "effect": [one * size for one in (1.0, 2.0, 3.0, 4.0)],
    }
    rows: Rows = []
    for axis, values in axes.items():
        for i, at in enumerate(values):
            share = i / (len(values) - 1)
            power = 0.95 - 0.5 * share if axis == "icc" else 0.3 + 0.68 * share
            row = {"outcome": outcome, "axis": axis, "value": float(at), "power": power}
            row |= {"power_low": max(0.0, power - 0.03), "power_high": min(1.0, power + 0.03)}
            rows.append(row | {"mde": (3.0 - share) * size})
    return made("power_curve", rows)


def ratings(analysis: str = "main") -> Table:
    found = [
        ("wwc", "computed", "with_reservations", "a covariate differs by 0.30", True),
        ("eef", "computed", "3", "detectable effect 0.32; 4 % lost", False),
        ("sms", "computed", "5", "random assignment, attrition low", False),
        ("ladder", "computed", "4", "step 5 needs balance", True),
        ("certainty", "needs_judgement", "moderate", "one step down for imprecision", False),
    ]
    rows: Rows = [
        {
            "analysis": analysis,
            "scale": scale,
            "status": status,
            "value": value,
            "inputs": "attrition 0.04",
            "reasons": reasons,
            "rule": f"{scale}-5.0",
            "version": "5.0",
            "verified": verified,
            "citation": "Handbook, table II.1",
        }
        for scale, status, value, reasons, verified in found
    ]
    return made("ratings", rows, analysis)


def effect_sizes(outcome: str, analysis: str = "main") -> Table:
    one = {"analysis": analysis, "outcome": outcome}
    rows: Rows = [
        {**one, "measure": "g", "value": 0.42, "std_error": 0.1, "conf_low": 0.22,
         "conf_high": 0.62, "improvement_index": 16, "months": 5},
        {**one, "measure": "cox", "state": "limit_beyond_shares"},
        {**one, "measure": "difference", "value": 4.0, "std_error": 1.0, "conf_low": 2.04,
         "conf_high": 5.96, "state": ""},
    ]  # fmt: skip
    return made("effect_sizes", rows, analysis)


def frequencies(outcome: str, *, people: tuple[int, ...] = (78, 74, 4, 0, 9)) -> Table:
    names = ("with_programme", "without", "difference", "low", "high")
    row = {"analysis": "main", "outcome": outcome, "of": 100}
    return made("frequencies", [row | dict(zip(names, people, strict=True))], "main")


def deviations() -> Table:
    rows: Rows = [
        {
            "element": "analyses.main.design.randomised.covariates",
            "registered": "none",
            "done": "age, grades",
            "when": "before_outcome",
            "kind": "missing_information",
            "reason": "grades came later",
            "impact": "narrower intervals",
            "explained": True,
        },
        {
            "element": "outcomes.score.smallest_worthwhile",
            "registered": "3.0",
            "done": "2.0",
            "when": "after_outcome",
            "explained": False,
        },
    ]
    return made("deviations", rows)


def checklists() -> tuple[Table, ...]:
    consort: Rows = [
        {"list": "consort", "item": "1a", "title": "Identified as randomised", "status": "filled",
         "source": "definition", "where": "#done; #lead"},
        {"list": "consort", "item": "21b", "title": "Who was analysed", "status": "partial",
         "source": "results", "where": "#results"},
        {"list": "consort", "item": "29", "title": "Interpretation", "status": "missing",
         "source": "author", "where": "report.answers.interpretation"},
        {"list": "tidier", "item": "1", "title": "Name", "status": "filled",
         "source": "definition", "where": "#done"},
        {"list": "tidier", "item": "9", "title": "Tailoring", "status": "not_applicable",
         "source": "definition"},
    ]  # fmt: skip
    gate: Rows = [
        {"item": "1", "key": "registration", "title": "Registration", "status": "filled",
         "where": "#plan"},
        {"item": "17", "key": "implementation", "title": "Fidelity", "status": "not_done",
         "note": "nobody measured it"},
        {"item": "18", "key": "harms", "title": "Harms", "status": "missing"},
    ]  # fmt: skip
    return made("checklist", consort), made("gate_list", gate)


def event_study(size: float = 1.0, first: int = -5, last: int = 4, *, band: bool = True) -> Table:
    """Rising effects after the start, little before it; the base period is the one before."""
    rows: Rows = []
    for time in range(first, last + 1):
        effect = size * (1.3 + 1.15 * time if time >= 0 else 0.5 * (-1) ** time)
        error = size * (0.7 + 0.25 * abs(time + 1))
        row: dict[str, Any] = {"event_time": time, "estimate": effect, "reference": time == -1}
        if time == -1:
            row |= {"estimate": 0.0}
        else:
            row |= {"conf_low": effect - 1.96 * abs(error), "conf_high": effect + 1.96 * abs(error)}
        if band and time != -1:
            row |= {"band_low": effect - 2.7 * abs(error), "band_high": effect + 2.7 * abs(error)}
        rows.append(row | {"n_treated": 47 - abs(time), "n_comparison": 243})
    return made("event_study", rows, "main")


def paths(size: float = 1.0, first: int = -5, last: int = 4, level: float = 72.0) -> Table:
    rows: Rows = [
        {
            "event_time": time,
            "treated": size * (level + 0.4 * time + max(0, time + 1) * 1.2),
            "comparison": size * (level + 1.4 + 0.35 * time),
            "n_treated": 47,
            "n_comparison": 243,
        }
        for time in range(first, last + 1)
    ]
    return made("paths", rows, "main")


def pretrends(size: float = 1.0, p: float = 0.61) -> Table:
    rows: Rows = [
        {"test": "joint", "statistic": 2.7, "df": 4, "p_value": p},
        {"test": "slope", "statistic": 0.4, "df": 1, "p_value": 0.69,
         "detectable": 0.8 * size, "bias": 2.1 * size, "state": "uninformative"},
    ]  # fmt: skip
    return made("pretrends", rows, "main")


def rollout(periods: list[str], starts: list[str | None], units: int = 9) -> Table:
    """Who starts when; ``None`` never does."""
    rows: Rows = []
    for i, start in enumerate(starts):
        for k, period in enumerate(periods):
            rows.append(
                {
                    "cohort": "never" if start is None else start,
                    "period": period,
                    "treated": start is not None and k >= periods.index(start),
                    "n_units": 40 * (units + i),
                    "n_clusters": units + i,
                }
            )
    return made("rollout", rows, "main")


def group_time(periods: list[str], starts: list[str], size: float = 1.0) -> Table:
    rows: Rows = []
    for i, start in enumerate(starts):
        begin = periods.index(start)
        for k, period in enumerate(periods[1:], 1):
            after = k - begin
            effect = size * (0.6 + 0.7 * after - 0.5 * i if after >= 0 else 0.3 * (-1) ** k)
            error = abs(size) * (0.5 + 0.05 * abs(after))
            row = {"cohort": start, "period": period, "estimate": effect, "std_error": error}
            row |= {"conf_low": effect - 1.96 * error, "conf_high": effect + 1.96 * error}
            row |= {"before": after < 0, "n_treated": 9 + i, "n_comparison": 45}
            rows.append(row)
    return made("group_time", rows, "main")


def bacon(starts: list[str], size: float = 1.0) -> Table:
    pairs = [(one, other) for one in starts for other in starts if one != other]
    total = len(starts) * 6 + len(pairs)
    rows: Rows = [
        {"type": "treated_vs_never", "cohort": one, "comparison": "never", "weight": 6 / total,
         "estimate": size * (2.0 + 0.3 * i)}
        for i, one in enumerate(starts)
    ]  # fmt: skip
    for i, (one, other) in enumerate(pairs):
        early = one < other
        kind = "earlier_vs_later" if early else "later_vs_earlier"
        estimate = size * (1.6 + 0.1 * i if early else -0.8 - 0.1 * i)
        row = {"type": kind, "cohort": one, "comparison": other, "weight": 1 / total}
        rows.append(row | {"estimate": estimate})
    return made("bacon", rows, "main")


def honest(size: float = 1.0, *, reach: float | None = 1.3) -> Table:
    """Intervals that widen with the violation; ``reach`` is where zero comes within them."""
    rows: Rows = []
    grids = {"relative_magnitudes": [0.0, 0.5, 1.0, 1.5, 2.0],
             "smoothness": [size * one for one in (0.0, 0.2, 0.4, 0.6)]}  # fmt: skip
    for restriction, grid in grids.items():
        scale = 1.0 if restriction == "relative_magnitudes" else 0.3 * size
        for m in grid:
            ratio = m / scale if scale else m
            half = 1.1 + (1.9 / reach * ratio if reach else 0.2 * ratio)
            low, high = (size * (3.0 + side * half) for side in (-1, 1))
            row: dict[str, Any] = {"restriction": restriction, "m": m, "conf_low": min(low, high),
                                   "conf_high": max(low, high)}  # fmt: skip
            row |= {"excludes_zero": min(low, high) > 0 or max(low, high) < 0}
            rows.append(row | ({"breakdown": reach * scale} if reach else {}))
    return made("honest", rows, "main")


YEARS = [str(year) for year in range(2012, 2024)]
WAVES = ["2015", "2016", "2017", "2019"]


def over_time(size: float = 1.0, **more: Any) -> tuple[Table, ...]:
    """Return the tables that a roll-out gives its figures."""
    return (
        rollout(YEARS, [*WAVES, None]),
        event_study(size, **more),
        paths(size),
        pretrends(size),
        group_time(YEARS, WAVES, size),
        bacon(WAVES, size),
        honest(size),
    )


def placebos() -> Table:
    one = {"estimate": 0.004, "std_error": 0.006, "conf_low": -0.008, "conf_high": 0.016}
    rows: Rows = [
        {"placebo": "1 period earlier", **one, "p_value": 0.5},
        {"placebo": "2 periods earlier", **one, "p_value": 0.51},
        {"placebo": "2017 as if it began 2015", "estimate": 0.01, "state": "one cluster"},
    ]
    return made("placebos", rows, "main")


def dilution() -> Table:
    rows: Rows = [
        {"share": share, "effect": 0.031 / share, "conf_low": 0.012 / share,
         "conf_high": 0.05 / share, "detectable": 0.017 / share, "worthwhile": 0.01 / share,
         "state": "shown benefit"}
        for share in (0.1, 0.2)
    ]  # fmt: skip
    return made("dilution", rows, "main")


def published() -> Table:
    """What others found: a null that could have found little, one in words, one in another unit."""
    source = {"source": "The county: Final report", "date": "2015", "status": "unverified"}
    rows: Rows = [
        {"id": "county", "title": "Counselling in schools", "result": "no significant difference",
         "n_treated": 47, "n_comparison": 243, "sd": sd, "detectable": 0.45 * sd,
         "reading": "not detectable", **source}
        for sd in (0.02, 0.04)
    ]  # fmt: skip
    rows += [
        {"id": "state", "title": "A pilot", "result": "about as before",
         "reading": "cannot be said", **source, "status": "verified"},
        {"id": "hours", "title": "Hours of teaching", "estimate": 3.2, "conf_low": 1.0,
         "conf_high": 5.4, "reading": "another unit", **source},
        {"id": "old", "title": "An earlier trial", "estimate": 0.002, "conf_low": -0.006,
         "conf_high": 0.01, "reading": "ruled out", **source},
    ]  # fmt: skip
    return made("published", rows)
