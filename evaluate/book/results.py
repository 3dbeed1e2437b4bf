"""The numbers: outcomes, the same question asked in other ways, the groups, all rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docutils import nodes

from evaluate.book.compared import compared
from evaluate.book.detail import details
from evaluate.book.lead import outcome_title
from evaluate.book.numbers import p_value
from evaluate.book.otherwise import ELSEWHERE, as_registered, hundreds, unplanned
from evaluate.book.over_time import one_of_many, over_time
from evaluate.book.picture import figure
from evaluate.book.specified import specified
from evaluate.book.view import View
from evaluate.book.write import Content, marked, paragraph, section, strong, table
from evaluate.core import Cell, Estimate

ABSENT = "–"
CONF_LEVEL = 0.95  # where no analysis says otherwise
_IN_THEIR_OWN_TABLE = "subgroup="


def results(view: View) -> nodes.section:
    """Return the section on results."""
    return section(view.words("results.title"), "results", _blocks(view))


def _blocks(view: View) -> Iterator[nodes.Node]:
    yield from figure(view, "forest")
    rows = list(_outcome_rows(view))
    level = _level(view)
    if rows:
        w = view.words
        head = [w("results.outcome"), w("results.without"), w("results.with")]
        head += [w("results.difference", level=level), w("results.result")]
        yield table(w("results.estimates"), head, rows, "ev-numbers", "ev-last-word")
        if any("covariates" in one.method for one in view.finding.estimates if _leads(one)):
            yield paragraph(w("results.adjusted"), "ev-note")
    yield from hundreds(view)
    yield from (paragraph(one) for one in _worthwhile(view))
    yield from (paragraph(one, "ev-note") for one in _chosen(view))
    yield from (paragraph(one, "ev-note") for one in _methods(view))
    yield from over_time(view)
    yield from _beside(view, level)
    yield from unplanned(view, level)
    yield from _groups(view)
    hidden = view.finding.released.get("hidden")
    if hidden:
        yield paragraph(view.words("results.withheld", n=hidden), "ev-note")


def _leads(row: Estimate) -> bool:
    return (row.role, row.term) == ("headline", "overall")


def _level(view: View) -> str:
    """Return the coverage of the intervals, as planned where none was computed."""
    levels = [one.conf_level for one in view.finding.estimates]
    analyses = view.study.get("analyses", {})  # a study may have methods alone
    planned = [one["inference"]["conf_level"] for one in analyses.values()]
    return view.percent([*levels, *planned, CONF_LEVEL][0], digits=0)


def _interval(view: View, row: Estimate) -> str:
    return view.interval(row.conf_low, row.conf_high, row.unit)


def _outcome_rows(view: View) -> Iterator[Sequence[Content]]:
    for verdict in view.verdicts():
        row = view.headline(verdict.outcome)
        title = view.texts(view.outcome(verdict.outcome)["title"])
        word = view.words(f"verdict.{verdict.verdict}")
        if row is None:
            yield [title, ABSENT, ABSENT, ABSENT, f"{word}: {'; '.join(verdict.because)}"]
            continue
        arms = view.arms(row)
        means = [view.level(one, row.unit) for one in reversed(arms)] if arms else [ABSENT, ABSENT]
        effect = [strong(view.effect(row.estimate, row.unit)), f" ({_interval(view, row)})"]
        yield [title, *means, effect, word]
        yield from as_registered(view, row)


def _worthwhile(view: View) -> Iterator[Content]:
    for verdict in view.verdicts():
        row = view.headline(verdict.outcome)
        if row is None or verdict.detectable is None:
            continue
        worthwhile = view.outcome(verdict.outcome).get("smallest_worthwhile")
        title = strong(f"{outcome_title(view, verdict.outcome)}. ")
        if worthwhile is None:
            yield [title, view.words("results.worthwhile_none")]
            continue
        sums = {"worthwhile": worthwhile, "detectable": verdict.detectable}
        shown = {key: view.effect(value, row.unit, sign=False) for key, value in sums.items()}
        yield [title, view.words("results.worthwhile", **shown)]


def _chosen(view: View) -> Iterator[Content]:
    """Say which standard errors the study asked for, beside the design's own."""
    asked: dict[str, None] = {}
    for analysis in view.study.get("analyses", {}).values():
        given = analysis["inference"].get("std_error", ())
        asked |= dict.fromkeys((given,) if isinstance(given, str) else given)
    if asked:
        yield view.words("results.chosen", names=", ".join(asked))


def _methods(view: View) -> Iterator[Content]:
    """Say how an interval was found that does not follow from its standard error alone."""
    for verdict in view.verdicts():
        row = view.headline(verdict.outcome)
        if row is not None and row.interval_method is not None:
            title = outcome_title(view, verdict.outcome)
            yield view.words("results.interval_method", outcome=title, method=row.interval_method)


def _beside(view: View, level: str) -> Iterator[nodes.Node]:
    alike = {_same(one) for one in view.finding.estimates if one.role == "headline"}
    others = [
        one
        for one in view.finding.estimates
        if _same(one) not in alike
        and not one.term.startswith(_IN_THEIR_OWN_TABLE)
        and not one_of_many(one)
        and one.role not in ELSEWHERE
        and one.alternative is None
    ]
    rows = list({_same(one): one for one in others}.values())
    if not rows:
        return
    w = view.words
    head = [w("results.outcome"), w("results.method"), w("results.difference", level=level)]
    cells = (
        [
            outcome_title(view, one.outcome),
            [
                "" if one.term == "overall" else f"{one.term}: ",
                view.texts({"en": one.method}),
                f", {one.std_error_method} ({one.analysis})",
            ],
            f"{view.effect(one.estimate, one.unit)} ({_interval(view, one)})",
        ]
        for one in rows
    )
    yield table(w("results.beside"), [*head, w("results.role")], _with_role(view, rows, cells))


def _same(row: Estimate) -> tuple[object, ...]:
    """Return what makes two rows say the same, whichever analysis gives them."""
    return row.outcome, row.term, row.method, row.std_error_method, row.estimate


def _with_role(
    view: View, rows: Sequence[Estimate], cells: Iterator[list[Content]]
) -> Iterator[list[Content]]:
    for row, cell in zip(rows, cells, strict=True):
        yield [*cell, view.words(f"role.{row.role}")]


def _groups(view: View) -> Iterator[nodes.Node]:
    """Show the groups of the leading analysis: what went in, who was lost, how alike they were."""
    found = view.lead()
    if found is None or found[1] is None:
        return
    analysis, unit = found[1].analysis, found[1].unit
    yield from _flow(view, analysis, unit)
    yield from figure(view, "attrition")
    yield from figure(view, "missing_rules")
    yield from _balance(view, analysis)
    yield from compared(view, analysis)
    yield from specified(view, analysis)
    yield from details(view, analysis)


def _flow(view: View, analysis: str, unit: str) -> Iterator[nodes.Node]:
    yield from figure(view, "flow")
    w, arms = view.words, view.rows(f"{analysis}.arms")
    lost = view.rows(f"{analysis}.attrition")
    if not arms:
        return
    head = [
        w(f"results.{one}") for one in ("arm", "assigned", "observed", "lost", "mean", "std_dev")
    ]
    rows = [
        [
            w(f"arm.{name}"),
            _count(view, row.get("n_assigned")),
            _count(view, row.get("n_obs")),
            _share(view, lost.get(name, {}).get("attrition")),
            _level_of(view, row.get("mean"), unit),
            _level_of(view, row.get("std_dev"), unit),
        ]
        for name, row in arms.items()
    ]
    yield table(w("results.flow"), head, rows, "ev-numbers")


def _balance(view: View, analysis: str) -> Iterator[nodes.Node]:
    w, rows = view.words, view.rows(f"{analysis}.balance")
    if not rows:
        return
    yield from figure(view, "balance")
    head = [w("results.covariate"), w("results.with"), w("results.without")]
    head += [w("results.standardised"), w("results.category")]
    cells = [
        [
            name,
            _plain(view, row.get("mean_treated")),
            _plain(view, row.get("mean_comparison")),
            _plain(view, row.get("difference"), digits=2),
            w(f"category.{row['category']}") if "category" in row else ABSENT,
        ]
        for name, row in rows.items()
    ]
    yield table(w("results.balance"), head, cells, "ev-numbers")
    yield paragraph(w("results.balance_note"), "ev-note")


def _count(view: View, value: Cell) -> str:
    return view.number(value, digits=0) if isinstance(value, (int, float)) else ABSENT


def _share(view: View, value: Cell) -> str:
    return view.percent(value) if isinstance(value, (int, float)) else ABSENT


def _level_of(view: View, value: Cell, unit: str) -> str:
    return view.level(value, unit) if isinstance(value, (int, float)) else ABSENT


def _plain(view: View, value: Cell, digits: int | None = None) -> str:
    return view.number(value, digits=digits) if isinstance(value, (int, float)) else ABSENT


def all_numbers(view: View) -> nodes.section:
    """Return the appendix: each row with its standard error, degrees of freedom and p-value."""
    w = view.words
    keys = ["analysis", "estimate", "std_error", "interval", "df", "p", "n"]
    keys += ["p_adjusted"] * any(one.p_adjusted is not None for one in view.finding.estimates)
    keys += ["band"] * any(one.band_low is not None for one in view.finding.estimates)
    told = (_numbers(view, one) for one in view.finding.estimates)
    rows = ([cells[key] for key in keys] for cells in told)
    head = [w(f"numbers.{one}") for one in keys]
    body = table(w("numbers.caption"), head, rows, "ev-numbers")
    return section(w("numbers.title"), "numbers", [body])


def _numbers(view: View, row: Estimate) -> dict[str, Content]:
    which = row.analysis if row.alternative is None else f"{row.analysis}/{row.alternative}"
    name = f"{which}: {row.outcome}, {row.estimand}, {row.term}"
    factor, digits = (100, 2) if row.unit == "share" else (1, None)

    def span(low: float | None, high: float | None) -> str:
        if low is None or high is None:
            return ABSENT
        ends = [view.number(factor * one, digits=digits) for one in (low, high)]
        return view.words("facts.interval", low=ends[0], high=ends[1])

    def chance(p: float | None) -> str:
        return p_value(p, view.language) if p is not None else ABSENT

    spread = view.number(factor * row.std_error, digits=digits)
    return {
        "analysis": [name, " ", marked([view.texts({"en": row.method})], "ev-soft")],
        "estimate": view.effect(row.estimate, row.unit),
        "std_error": f"{spread} ({row.std_error_method})",
        "interval": span(row.conf_low, row.conf_high),
        "df": view.number(row.df, digits=1) if row.df is not None else ABSENT,
        "p": chance(row.p_value),
        "n": f"{view.number(row.n_obs)} ({view.number(row.n_treated)})",
        "p_adjusted": chance(row.p_adjusted),
        "band": span(row.band_low, row.band_high),
    }
