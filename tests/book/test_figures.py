"""Every kind of figure: same bytes, nothing written over anything else, no claim too strong."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

matplotlib = pytest.importorskip("matplotlib")

import example_change
import example_comparison
import example_hidden_selection as example_hidden
import example_inquiries
import example_missing
import example_specifications
import example_tables as example
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.text import Text

from evaluate.book import figures
from evaluate.book.figures.frame.palette import MARKS, TEXTS, THEMES
from evaluate.core import Column, Estimate, Finding, Table, Verdict

LONG = "Gjennomført og bestått videregående opplæring innen fem år etter påbegynt utdanningsløp"
UNBROKEN = "Arbeidsmarkedsopplæringstilskuddsordningsdeltakelsesandel"
LANGUAGES = ("en", "nb", "sv")
_FINE = 288.0  # dots per inch
_POINT = _FINE / 72
ECONOMIC = ("accounts", "cash_flow", "distribution")


def table(id_: str, kind: str, rows: list[dict[str, Any]], analysis: str = "main") -> Table:
    columns = tuple(Column(name, "text", {"en": name}) for name in rows[0])
    return Table(id_, kind, columns, tuple(rows), analysis)


def estimate(outcome: str, value: float, spread: float, unit: str, **more: Any) -> Estimate:
    return Estimate(
        **{
            "estimate": value,
            "std_error": spread / 1.96,
            "conf_low": value - spread,
            "conf_high": value + spread,
            "n_obs": 400,
            "n_treated": 200,
            "method": "difference in means",
            "std_error_method": "HC2",
            "unit": unit,
            "estimand": "ATE",
            "analysis": "main",
            "outcome": outcome,
        }
        | more
    )


def arms(treated: float, comparison: float, analysis: str = "main") -> Table:
    rows = [
        {"arm": "treated", "n_assigned": 200, "n_obs": 200, "mean": treated, "std_dev": 1.0},
        {"arm": "comparison", "n_assigned": 200, "n_obs": 200, "mean": comparison, "std_dev": 1.0},
    ]
    return table(f"{analysis}.arms", "arms", rows, analysis)


def balance(sizes: list[float], name: str = "covariate_{i}") -> Table:
    rows = [
        {
            "covariate": name.format(i=i),
            "mean_treated": 0.5,
            "mean_comparison": 0.5,
            "std_dev": 1.0,
            "difference": size,
            "measure": "hedges_g",
            "category": "satisfied",
            "adjusted": i % 2 == 0,
        }
        for i, size in enumerate(sizes)
    ]
    return table("main.balance", "balance", rows)


def attrition(lost: float, gap: float, cautious: float | None = 0.057) -> Table:
    groups = {"treated": lost + gap / 2, "comparison": lost - gap / 2, "overall": lost}
    rows: list[dict[str, Any]] = [
        {"arm": arm, "n_assigned": 200, "n_obs": 180, "attrition": share}
        for arm, share in groups.items()
    ]
    last: dict[str, Any] = {"arm": "differential", "attrition": gap}
    if cautious is not None:
        last |= {"boundary_cautious": cautious, "boundary_optimistic": 0.1}
    return table("main.attrition", "attrition", [*rows, last])


def money(nets: Mapping[str, float], *, years: int = 5, spread: float = 0.4) -> tuple[Table, ...]:
    total = sum(nets.values())
    size = abs(total) * spread or 1.0
    accounts, flow = [], []
    for key, net in {**nets, "society": total}.items():
        cost, benefit = (abs(net), 2 * net) if net > 0 else (-net, 0.0)
        accounts.append(
            {
                "payer": key,
                "cost": cost,
                "benefit": benefit,
                "net": net,
                "net_low": net - size,
                "net_high": net + size,
                "prob_positive": 0.9,
                "benefit_cost_ratio": 2.0,
                "state": "",
                "net_extrapolated": 0.3 * net,
            }
        )
        flow += [
            {
                "key": f"{key}|{year}",
                "payer": key,
                "year": year,
                "value": net / years,
                "cumulative": net * (year + 1) / years,
                "extrapolated": year > years // 2,
            }
            for year in range(years)
        ]
    width = 4 * size / 20
    bins = [
        {"bin": i, "low": low, "high": low + width, "share": share}
        for i in range(20)
        for low, share in [((i - 5) * width, (1 + 10 - abs(i - 10)) / 120)]
    ]
    return (
        table("economics.accounts", "accounts", accounts, "economics"),
        table("economics.cash_flow", "cash_flow", flow, "economics"),
        table("economics.distribution", "distribution", bins, "economics"),
    )


def choices() -> tuple[Table, ...]:
    """Return tables of what is uncertain in an account and of which choice is best."""
    moved = [
        {"parameter": key, "low_value": 1.0, "high_value": 3.0, "unit": "NOK", "net_low": low,
         "net_high": high, "swing": high - low, "switching": 1.5, "state": ""}
        for key, low, high in (
            ("main", -4000.0, 6000.0), ("lessons", -500.0, 2600.0), ("schedule", 1200.0, 1800.0)
        )
    ]  # fmt: skip
    drawn = [
        {"draw": i, "effect": 0.01 * (i - 10), "cost": 900.0 + 20 * (i % 7)} for i in range(60)
    ]
    ways = [
        {"option": "usual", "cost": 0.0, "effect": 0.0, "status": "frontier", "state": ""},
        {"option": "programme", "cost": 950.0, "effect": 0.2, "ratio": 4750.0, "status": "frontier",
         "state": "NE"},
    ]  # fmt: skip
    best = [
        {"key": f"{at}|{option}", "threshold": 1000.0 * at, "option": option,
         "probability": share if option == "programme" else 1 - share,
         "net_benefit": 1.0, "optimal": (share > 0.45) == (option == "programme"), "evpi": 3.0}
        for at, share in enumerate((0.0, 0.1, 0.4, 0.5, 0.8, 0.9))
        for option in ("usual", "programme")
    ]  # fmt: skip
    given = {"tornado": moved, "plane": drawn, "effectiveness": ways, "acceptability": best}
    return tuple(table(f"economics.{kind}", kind, rows, "main") for kind, rows in given.items())


def finding(
    estimates: list[Estimate],
    tables: tuple[Table, ...] = (),
    *,
    word: str = "shown benefit",
    title: str = LONG,
    worthwhile: float | None = 1.0,
    payers: tuple[str, ...] = (),
    **more: Any,
) -> Finding:
    keys = list(dict.fromkeys(one.outcome for one in estimates))
    units = {one.outcome: one.unit for one in estimates}
    outcomes = {
        key: {
            "title": {"en": f"{title} {i}", "nb": f"{title} {i}"},
            "unit": units[key],
            "role": "primary" if i == 0 else "secondary",
            "direction": "increase",
        }
        | ({} if worthwhile is None else {"smallest_worthwhile": worthwhile})
        for i, key in enumerate(keys)
    }
    study = {
        "title": {"en": "A study"},
        "language": "en",
        "outcomes": outcomes,
        "economics": {
            "currency": "NOK",
            "price_year": 2025,
            "payers": {
                key: {"title": {"en": f"Payer {key} of the study", "nb": f"{LONG[:40]} {key}"}}
                for key in payers
            },
        },
    }
    verdicts = tuple(Verdict(key, word, 4) for key in keys)  # type: ignore[arg-type]
    filled: dict[str, Any] = {
        "study": study,
        "verdicts": verdicts,
        "estimates": tuple(estimates),
        "tables": tables,
        "data_kind": "public",
    }
    return Finding("a-study", stage="final", outcome="complete", **(filled | more))


def benchmarks() -> tuple[Table, ...]:
    """Return tables as the benchmarks write them."""
    cells = [
        {"cell": f"{name}, {kind}", "outcome": kind, "cr1": 0.12, "cr2": 0.06, "power": 0.61}
        | ({"headline": 0.045, "band_low": 0.02, "band_high": 0.08} if name != "6/2" else {})
        for name in ("20/4", "40/20", "6/2")
        for kind in ("normal", "skewed", "binary")
    ]
    times = [
        {"run": f"{task}: {tool}", "task": task, "tool": tool, "whole": 1.4 * size, "warm": size,
         "peak_mb": 210.0, "whole_ratio": size, "warm_ratio": size}
        for task in ("Two-way effects", "Wild draws")
        for tool, size in (("ours", 1.0), ("pyfixest", 12.5), ("scan floor", 0.1))
    ]  # fmt: skip
    longer = [
        {"run": f"{tool}, {n}", "tool": tool, "rows": n, "whole": whole + n / 4e6, "peak_mb": 200.0}
        for n in (100_000, 10_000_000)
        for tool, whole in (("ours", 1.2), ("scan floor", 0.2))
    ]
    named = {"size_and_power": cells, "speed": times, "growth": longer}
    return tuple(Table(kind, kind, (), tuple(rows)) for kind, rows in named.items())


def plans(outcome: str, size: float) -> tuple[Table, ...]:
    """Return tables as a plan, a diagnosis and a cohort give them."""
    tables = (example.precision(outcome, size), example.diagnosis(outcome, size))
    return (example.flow(), *tables, example.power_curve(outcome, size))


def full(**more: Any) -> Finding:
    rows = [
        estimate("earnings", 1794.0, 1300.0, "USD/year"),
        estimate("earnings", 1600.0, 1300.0, "USD/year", role="beside", method="regression"),
        estimate("employed", 0.11, 0.08, "share", analysis="employed"),
    ]
    tables = (
        arms(6349.0, 4555.0),
        balance([0.44, -0.2, 0.11, 0.04, 0.0]),
        attrition(0.14, 0.03),
        *money({"participant": 4000.0, "county": -2500.0, "public_funds": -500.0}),
        *choices(),
        *benchmarks(),
        *plans("earnings", 800.0),
        *example.over_time(600.0),
        *example_change.change(),
        *example_comparison.comparison(),
        *example_specifications.specified([600.0, 350.0, 900.0, -100.0]),
        *example_hidden.tables(),
        *example_missing.missing(),
        *example_inquiries.tables(),
    )
    more = {"payers": ("participant", "county"), "title": "Earnings", "worthwhile": 500.0} | more
    return finding(rows, tables, **more)


def shares(treated: float, comparison: float, spread: float = 0.05, **more: Any) -> Finding:
    row = estimate("completed", treated - comparison, spread, "share")
    return finding([row], (arms(treated, comparison),), **({"worthwhile": 0.02} | more))


def scaled(size: float, **more: Any) -> Finding:
    """A finding whose every number is multiplied: from the tiny to the huge, either sign."""
    row = estimate("amount", 2.0 * size, 1.5 * abs(size), "NOK/år")
    tables = (arms(5 * size, 3 * size), *money({"a": 4 * size, "b": -2.5 * size}))
    return finding([row], tables, payers=("a", "b"), worthwhile=abs(size) / 2, **more)


def many(count: int) -> Finding:
    rows = [estimate(f"o{i}", (i - 4) * 0.7, 2.0, "points", analysis=f"a{i}") for i in range(count)]
    return finding(rows, (balance([0.05 * i for i in range(count)], UNBROKEN + "{i}"),))


def payers(count: int) -> Finding:
    nets = {f"p{i}": (-1.0) ** i * (1000.0 + 37 * i) for i in range(count)}
    row = estimate("amount", 2.0, 1.5, "NOK")
    return finding([row], money(nets), payers=tuple(nets))


def planned_otherwise(**more: Any) -> Finding:
    """Something else was done than registered, and something nobody had planned."""
    rows = [
        estimate("score", 4.0, 2.0, "points"),
        estimate("score", 3.0, 2.0, "points", role="registered", method="regression"),
        estimate("score", 6.0, 3.0, "points", role="exploratory", analysis="girls_alone"),
        estimate("absent", 0.02, 0.03, "share", role="exploratory", analysis="absence"),
    ]
    return finding(rows, **more)


def counted(**more: Any) -> Finding:
    """Adjusted counts of 100 that the means of the groups do not give."""
    row = estimate("completed", 0.051, 0.05, "share")
    return finding([row], (arms(0.79, 0.75), example.frequencies("completed")), **more)


def over_time(rows: list[Estimate], size: float, **more: Any) -> Finding:
    return finding(rows, example.over_time(size, **more), worthwhile=abs(size))


def many_waves() -> tuple[Table, ...]:
    """Twelve waves, 25 school years, names as words, and more steps than have room."""
    years = [f"{year}/{(year + 1) % 100:02}" for year in range(1999, 2024)]
    waves = years[6:18]
    steps = example.honest()
    fine = tuple(
        {**row, "m": index / 40, "breakdown": 9.5} for index, row in enumerate(steps.rows * 3)
    )
    return (
        example.rollout(years, [*waves, None], 123456),
        example.event_study(1.0, -17, 18),
        example.paths(1.0, -17, 18),
        example.group_time(years, waves, 1234.0),
        example.bacon(waves),
        replace(steps, rows=fine),
    )


def one_wave() -> tuple[Table, ...]:
    """One wave, two periods, nobody who never starts; nothing can be said of the time before."""
    years = ["2020", "2021"]
    return (
        example.rollout(years, ["2021"], 1),
        example.event_study(1.0, 0, 0),
        example.paths(1.0, 0, 0),
        example.group_time(years, ["2021"]),
        example.bacon(["2021"]),
        example.honest(reach=None),
    )


def long_waves() -> tuple[Table, ...]:
    """Periods and groups whose names have no end."""
    years = [f"{UNBROKEN} {year}" for year in range(2012, 2024)]
    waves = [years[3], years[5]]
    return example.rollout(years, [*waves, None]), example.group_time(years, waves)


def no_base() -> Table:
    """Every period has its own base, so that none is the reference."""
    study = example.event_study()
    rows = ({**row, "reference": False, "conf_low": -2.0, "conf_high": 2.0} for row in study.rows)
    return replace(study, rows=tuple(rows))


CASES = {
    "full": full(),
    "dummy": full(data_kind="dummy"),
    "shares": shares(0.78, 0.74),
    "fewer": shares(0.05, 0.62, word="shown harm"),
    "none": shares(0.0, 0.0, spread=0.001, word="inconclusive"),
    "all": shares(1.0, 1.0, spread=0.2, word="inconclusive"),
    "fraction": shares(0.7849, 0.7451, word="not detectable"),
    "huge": scaled(1e9),
    "huge loss": scaled(-4.2e11),
    "tiny": scaled(1e-6),
    "tiny loss": scaled(-3e-7),
    "twelve": many(12),
    "one payer": payers(1),
    "eight payers": payers(8),
    "no worth": full(worthwhile=None),
    "worth far away": full(worthwhile=90000.0),
    "unbroken": full(title=UNBROKEN),
    "nothing differs": finding(
        [estimate("o", 0.0, 0.0, "points")], (balance([0.0, 0.0]), attrition(0.4, 0.2, None))
    ),
    "much lost": finding([estimate("o", 1.0, 2.0, "points")], (attrition(0.62, 0.31, None),)),
    "little lost": finding([estimate("o", 1.0, 2.0, "points")], (attrition(0.004, 0.001, 0.063),)),
    "long reasons": finding(
        [estimate("o", 1.0, 2.0, "share")],
        (example.flow_of_people(LONG), *plans("o", 0.02)[1:]),
        data_kind="dummy",
    ),
    "unplanned": planned_otherwise(),
    "only unplanned": finding(
        [estimate("o", 1.0, 2.0, "points", role="exploratory")], worthwhile=None
    ),
    "counted": counted(),
    "many people": finding([], (example.flow(123456, UNBROKEN),)),
    "no losses": finding([], (example.made("flow", [{"stage": "analysed", "arm": "all"}]),)),
    "curve alone": finding([], (example.power_curve("o", 1e-7),)),
    "long names, far apart": finding(
        [],
        example_comparison.comparison(
            [f"{(LONG, UNBROKEN, 'x')[i % 3]} {i}" for i in range(24)], shift=3.0
        ),
    ),
    "hidden by long names": finding(
        [estimate("o", 0.2, 0.3, "points")],
        example_hidden.tables(0.2, [f"{(LONG, UNBROKEN, 'x')[i % 3]} {i}" for i in range(12)]),
        data_kind="dummy",
    ),
    "hidden, huge": finding([], example_hidden.tables(0.5, ["x"], "NOK/år", 1e9)),
    "missing, tiny": finding(
        [estimate("o", 4e-7, 3e-7, "share")], example_missing.missing(0.1, "share", 1e-6)
    ),
    "missing, huge": finding([], example_missing.missing(1.0, "NOK/år", 1e9)),
    "many specifications": finding(
        [],
        example_specifications.specified(
            [(-1) ** i * 37.0 * i for i in range(70)], names=[LONG, UNBROKEN, "x"]
        ),
    ),
    "one covariate": finding([], example_comparison.comparison(["x"], shift=0.0, n=60)),
    "dollars": full(title="Costs $5 of $6 and <b> & more"),
}

ROLLED = ("rollout", "event_study", "group_time", "bacon", "honest")
ROLLED_CASES = {
    "over time, shares": over_time([estimate("completed", 0.03, 0.02, "share")], 0.01),
    "over time, huge": over_time([estimate("amount", 3e9, 2e9, "NOK/år")], 1e9),
    "over time, tiny": over_time([estimate("amount", 3e-7, 2e-7, "NOK/år")], 1e-7),
    "over time, harm": over_time([estimate("score", -3.0, 2.0, "points")], -1.0),
    "over time, no band": over_time([estimate("score", 3.0, 2.0, "points")], 1.0, band=False),
    "over time, alone": finding([], example.over_time(1.0)),
    "many waves": finding([estimate("score", 3.0, 2.0, "points")], many_waves()),
    "long waves": finding([estimate("score", 3.0, 2.0, "points")], long_waves()),
    "one wave": finding([estimate("score", 3.0, 2.0, "points")], one_wave()),
    "no base": finding([estimate("score", 3.0, 2.0, "points")], (no_base(),)),
}
DRAWN = [
    *((kind, name, one) for kind in figures.kinds() for name, one in CASES.items()),
    *((kind, name, one) for kind in ROLLED for name, one in ROLLED_CASES.items()),
]


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The matplotlib figures behind the drawings of a test."""
    seen: list[Any] = []
    write = FigureCanvasSVG.print_svg

    def watched(self: Any, *given: Any, **named: Any) -> Any:
        seen.append(self.figure)
        return write(self, *given, **named)

    monkeypatch.setattr(FigureCanvasSVG, "print_svg", watched)
    yield seen
    seen.clear()


def boxes(sheet: Any) -> list[tuple[str, Any]]:
    sheet.set_dpi(_FINE)  # text in an SVG is not fitted to whole pixels: neither is it here
    renderer = FigureCanvasAgg(sheet).get_renderer()
    texts = [one for one in sheet.findobj(Text) if one.get_visible() and one.get_text().strip()]
    return [(one.get_text(), one.get_window_extent(renderer)) for one in texts]


@pytest.mark.parametrize("kind", figures.kinds())
def test_the_same_finding_gives_the_same_bytes(kind: str) -> None:
    one, other = (figures.draw(kind, full()) for _ in range(2))
    assert one is not None
    assert one == other


def test_all_kinds_are_found_by_the_folder() -> None:
    expected = {"answer", "forest", "balance", "attrition", "card", "distribution", *ECONOMIC}
    assert expected <= set(figures.kinds())


def test_a_kind_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError, match="pie"):
        figures.draw("pie", full())


@pytest.mark.parametrize(
    ("kind", "case", "given"),
    [
        pytest.param(
            *one,
            marks=() if one[1] == next(iter(CASES)) else pytest.mark.slow,
            id=f"{one[0]}, {one[1]}",
        )
        for one in DRAWN
    ],
)
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_no_label_lies_on_another_or_off_the_sheet(
    kind: str, case: str, given: Finding, narrow: bool, sheets: list[Any]
) -> None:
    languages = LANGUAGES if case in ("dummy", "shares") else ("nb",)
    for language in languages:
        if figures.draw(kind, given, narrow=narrow, language=language) is None:
            continue
        sheet = sheets[-1]
        found = boxes(sheet)
        width, height = (inches * _FINE for inches in sheet.get_size_inches())
        for text, box in found:
            assert box.x0 >= -_POINT, text  # side bearing of the first letter
            assert box.x1 <= width + _POINT, text
            assert box.y0 >= -_POINT, text
            assert box.y1 <= height + _POINT, text
        for (text, box), (other, next_) in itertools.combinations(found, 2):
            across = min(box.x1, next_.x1) - max(box.x0, next_.x0)
            down = min(box.y1, next_.y1) - max(box.y0, next_.y0)
            # descenders of one line may reach the next line's ascenders by a hair
            assert across <= _POINT or down <= 2 * _POINT, (language, text, other)


@pytest.mark.parametrize("kind", figures.kinds())
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_width_is_redrawn_not_shrunk(kind: str, narrow: bool, sheets: list[Any]) -> None:
    figures.draw(kind, full(), narrow=narrow)
    assert sheets[-1].get_size_inches()[0] == pytest.approx(3.42 if narrow else 7.1)
    assert min(one.get_size() for one in sheets[-1].findobj(Text) if one.get_text()) >= 8.3


@pytest.mark.parametrize("kind", figures.kinds())
def test_words_and_decimal_signs_follow_the_language(kind: str) -> None:
    drawn = {one: figures.draw(kind, full(), language=one) for one in LANGUAGES}
    subtitles = {one.subtitle for one in drawn.values() if one is not None}
    assert len(subtitles) == len(LANGUAGES)
    for language in ("nb", "sv"):
        figure = drawn[language]
        assert figure is not None
        words = " ".join((figure.title, figure.subtitle, *itertools.chain(*figure.rows)))
        assert not re.search(r"\d\.\d(?!\d* ?\()", words.replace("WWC 5.0", ""))
    everything = " ".join(str(replace(one, svg="")) for one in drawn.values() if one)
    assert not re.search(r"\{\w+\}|(?<![\w-])-\d", everything)  # open slots; hyphens for minus


@pytest.mark.parametrize("kind", figures.kinds())
def test_rows_fit_their_header(kind: str) -> None:
    for case in (one for name, _, one in DRAWN if name == kind):
        figure = figures.draw(kind, case)
        if figure is not None:
            assert {len(row) for row in figure.rows} == {len(figure.header)}
            assert all((figure.title, figure.subtitle, figure.alt))
            assert not re.search(r"\b(nan|inf)\b", str(figure.rows) + figure.title)


@pytest.mark.parametrize("kind", figures.kinds())
def test_invented_data_are_marked_in_and_under_every_figure(kind: str, sheets: list[Any]) -> None:
    for kind_of_data, marked in (("dummy", True), ("public", False)):
        figure = figures.draw(kind, full(data_kind=kind_of_data))
        assert figure is not None
        assert ("Dummy data" in figure.note) is marked
        assert any("Dummy data" in text for text, _ in boxes(sheets[-1])) is marked


@pytest.mark.parametrize("kind", figures.kinds())
def test_nothing_is_drawn_without_its_table(kind: str) -> None:
    empty = replace(full(), tables=(), estimates=(), verdicts=())
    assert figures.draw(kind, empty) is None


def test_no_attrition_figure_where_nobody_was_lost() -> None:
    row = estimate("o", 1.0, 2.0, "points")
    assert figures.draw("attrition", finding([row], (attrition(0.0, 0.0),))) is None


def test_no_cash_flow_of_a_single_year() -> None:
    one = finding([estimate("o", 1.0, 2.0, "NOK")], money({"a": 5.0}, years=1), payers=("a",))
    assert figures.draw("cash_flow", one) is None


@pytest.mark.parametrize("word", ["inconclusive", "not detectable", "ruled out"])
@pytest.mark.parametrize("kind", ["answer", "card"])
@pytest.mark.parametrize("unit", ["share", "points"])
def test_a_title_is_never_stronger_than_the_verdict(kind: str, word: str, unit: str) -> None:
    row = estimate("o", 0.1, 0.3, unit)
    tables = (arms(0.5, 0.4),)
    unsure, sure = (
        figures.draw(kind, finding([row], tables, word=said, worthwhile=0.5))
        for said in (word, "shown benefit")
    )
    assert unsure is not None
    assert sure is not None
    assert re.search(r"more|higher", sure.title)
    assert re.search(
        r"inconclusive|ruled out|settle|too few|cannot tell|uncertain", unsure.title
    ), unsure.title


def test_a_small_effect_found_with_little_power_is_called_overstated() -> None:
    weak = replace(
        full(), verdicts=(Verdict("earnings", "shown benefit", 4, ("likely overstated",)),)
    )
    figure = figures.draw("answer", weak)
    assert figure is not None
    assert "overstated" in figure.title


def test_a_difference_below_the_causal_rung_is_not_laid_to_the_programme() -> None:
    plain = replace(full(), verdicts=(Verdict("earnings", "shown benefit", 3),))
    low, high = (figures.draw("answer", one) for one in (plain, full()))
    assert low is not None
    assert high is not None
    assert low.title != high.title
    assert "comparison group" in low.title


def test_whole_people_are_shown_only_where_they_add_up() -> None:
    whole, parts, none = (
        figures.draw("answer", shares(a, b))
        for a, b in ((0.78, 0.74), (0.784, 0.736), (0.5, 0.497))
    )
    assert whole is not None
    assert parts is not None
    assert none is not None
    assert "4 more" in whole.title
    assert "5 more" not in parts.title  # 78 and 74 stand in the figure: 5 would not add up
    assert "0 more" not in none.title


def test_a_society_that_may_lose_is_not_said_to_gain() -> None:
    sure, unsure = (
        figures.draw("accounts", finding([], money({"a": 100.0}, spread=spread), payers=("a",)))
        for spread in (0.4, 2.0)
    )
    assert sure is not None
    assert unsure is not None
    assert "gains" in sure.title
    assert re.search(r"uncertain|not settled", unsure.title)


def test_an_outcome_that_was_refused_keeps_its_row() -> None:
    refused = full()
    verdicts = (refused.verdicts[0], Verdict("employed", "not estimable", 0, ("no comparison",)))
    kept = tuple(one for one in refused.estimates if one.outcome == "earnings")
    figure = figures.draw("forest", replace(refused, verdicts=verdicts, estimates=kept))
    assert figure is not None
    assert any("not estimable" in row for row in figure.rows)


@pytest.mark.parametrize("theme", THEMES)
def test_colours_stand_out_from_their_page(theme: str) -> None:
    """WCAG 2.2: 3:1 for marks, 4.5:1 for text, on the page and on the quiet band."""
    roles = THEMES[theme]
    for surface in ("page", "wash"):
        for names, least in ((MARKS, 3.0), (TEXTS, 4.5)):
            low = {one: contrast(roles[one], roles[surface]) for one in names}
            assert min(low.values()) >= least, (surface, low)


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_measured_and_extrapolated_years_look_different() -> None:
    drawn = [
        figures.draw("cash_flow", finding([], tables, payers=("a",)))
        for tables in (money({"a": 10.0}), plain_years(money({"a": 10.0})))
    ]
    dashed = [one is not None and "stroke-dasharray" in one.svg for one in drawn]
    assert dashed == [True, False]


def plain_years(tables: tuple[Table, ...]) -> tuple[Table, ...]:
    accounts, flow, rest = tables
    rows = tuple({**row, "extrapolated": False} for row in flow.rows)
    return accounts, replace(flow, rows=rows), rest


def test_a_comparison_that_is_outlined_has_not_started() -> None:
    years = [str(year) for year in range(2012, 2020)]
    for starts in (["2014", "2016", None], ["2014", "2016"], ["2016", "2014", "2018"]):
        figure = figures.draw("rollout", finding([], (example.rollout(years, starts),)))
        assert figure is not None
        assert "one comparison" in figure.subtitle
        assert ("some never did" in figure.title) is (None in starts)
    alone = figures.draw("rollout", finding([], (example.rollout(years, ["2014"]),)))
    assert alone is not None
    assert "one comparison" not in alone.subtitle


def test_the_outline_lies_on_cells_that_were_compared() -> None:
    from evaluate.book.figures.frame.reading import Reading
    from evaluate.book.figures.rollout import _shown, _waves

    years = [str(year) for year in range(2012, 2020)]
    for starts in (
        ["2014", "2016", None],
        ["2013", "2015"],
        ["2019", "2018"],
        ["2012", "2019", None],
    ):
        table_ = example.rollout(years, starts)
        waves = _waves(Reading(finding([], (table_,)), "en"), table_.rows)
        shown = _shown(waves)
        assert shown is not None, starts
        assert waves.treated(shown.cohort, shown.after)
        assert not waves.treated(shown.cohort, shown.before)
        assert not waves.treated(shown.other, shown.after)
        assert not waves.treated(shown.other, shown.before)


def test_an_event_study_says_only_what_its_bands_exclude() -> None:
    study = example.event_study()
    wide = tuple({**row, "band_low": -90.0, "band_high": 90.0} for row in study.rows)
    parted = tuple({**row, "band_low": 0.1, "band_high": 9.0} for row in study.rows)
    narrow = "conf_low", "conf_high"
    assert any(row.get(narrow[0], -1) > 0 for row in study.rows)  # each for itself would say more
    titles = {}
    for name, rows in (("shown", study.rows), ("none", wide), ("parted", parted)):
        figure = figures.draw("event_study", finding([], (replace(study, rows=rows),)))
        assert figure is not None
        titles[name] = figure.title
    assert "2 of 5 periods after the start, and in none of 4 before" in titles["shown"]
    assert "No single period" in titles["none"]
    assert "had parted in 4 of 4" in titles["parted"]


def test_a_pretest_never_stands_without_what_it_could_have_found() -> None:
    figure = figures.draw("event_study", finding([], example.over_time(1.0)))
    assert figure is not None
    assert "p = 0.610" in figure.alt
    assert "only a trend of 0.800" in figure.alt


def test_a_two_way_regression_is_the_mean_of_its_comparisons_by_weight() -> None:
    table_ = example.bacon(example.WAVES)
    mean = sum(row["weight"] * row["estimate"] for row in table_.rows)
    figure = figures.draw("bacon", finding([], (table_,)))
    assert figure is not None
    assert f"{mean:+.2f}" in figure.alt
    assert figure.title.startswith("17% of what")
    forbidden = sum(r["weight"] for r in table_.rows if r["type"] == "later_vs_earlier")
    assert round(100 * forbidden) == 17


@pytest.mark.parametrize(
    ("reach", "said"), [(1.3, "at most 1.3 times"), (None, "still shown"), (0.0, "zero fits")]
)
def test_how_far_a_result_holds_is_its_title(reach: float | None, said: str) -> None:
    table_ = example.honest(reach=reach or None)
    if reach == 0.0:
        rows = tuple({**row, "conf_low": -1.0, "excludes_zero": False} for row in table_.rows)
        table_ = replace(table_, rows=rows)
    figure = figures.draw("honest", finding([], (table_,)))
    assert figure is not None
    assert said.lower() in figure.title.lower()


@pytest.mark.parametrize("theme", THEMES)
def test_numbers_can_be_read_on_every_shade(theme: Any) -> None:
    from evaluate.book.figures.frame.canvas import Canvas
    from evaluate.book.figures.frame.cells import shade, text_on
    from evaluate.book.figures.frame.look import Look

    canvas = Canvas(Look(theme), 1.0)
    for i in range(-20, 21):
        role = text_on(canvas, i / 20, 1.0)
        assert contrast(canvas.colours[role], shade(canvas, i / 20, 1.0)) >= 4.5, i


def test_shades_grow_with_size_and_tell_the_sign() -> None:
    from evaluate.book.figures.frame.canvas import Canvas
    from evaluate.book.figures.frame.cells import shade
    from evaluate.book.figures.frame.look import Look

    canvas = Canvas(Look(), 1.0)
    for side in (-1, 1):
        light = [luminance(shade(canvas, side * i / 4, 1.0)) for i in range(5)]
        assert light == sorted(light, reverse=True)
        assert len(set(light)) == 5
    assert shade(canvas, 0.5, 1.0) != shade(canvas, -0.5, 1.0)


def test_every_other_answer_stands_in_a_forest_once() -> None:
    head = estimate("o", 1.0, 0.2, "points")
    twice, fewer = (
        replace(head, role="beside", estimate=value, analysis=name)
        for name, value in (("again", head.estimate), ("fewer_columns", 2.5))
    )
    figure = figures.draw("forest", finding([head, twice, fewer]))
    assert figure is not None
    names = [row[0] for row in figure.rows]
    assert len(names) == 2
    assert names[1].endswith("(fewer columns)")
