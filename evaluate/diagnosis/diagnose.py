"""What a study would find: as planned, with its alternatives, and along curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

from evaluate.core import Cell
from evaluate.diagnosis.draws import Drawn, Progress, Question, Task, simulate_all
from evaluate.diagnosis.formula import formula_mde
from evaluate.diagnosis.measures import detectable, measure, power_at
from evaluate.diagnosis.scenarios import Point, effects, limit, points, refusal

MAIN = "main"
DRAWS, FEWEST_CURVE_DRAWS = 1000, 200
RANDOMISATION_DRAWS = 999  # the study's own run takes more
_THERE, _NONE = (1,), (0,)  # streams with the effect, and without
_NEAR = 0.1  # a detectable effect this near, as a share, is that of draws at another effect
_WITHIN = 0.999  # of the room for an effect on a share
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What simulated studies say of one analysis.

    Attributes
    ----------
    outcome : str
        Its column.
    scenarios : mapping of str to mapping
        By name, ``"main"`` first: ``Measures`` as a row, with ``mde_formula``.
    curve : tuple of mapping
        Places on the curves: axis, value, power with its limits, mde.
    draws, curve_draws, randomisation_draws : int
        Studies with the effect and as many without; studies at each place of a curve;
        assignments drawn in each study's randomisation test, where it has one.
    refused : mapping of str to int
        How often each code of refusal came, in the main scenario.
    """

    outcome: str
    scenarios: Mapping[str, Row]
    curve: tuple[Row, ...]
    draws: int
    curve_draws: int
    randomisation_draws: int
    refused: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Work:
    """Tasks by name, and what was drawn for each."""

    draws: int
    name: tuple[int, ...]
    workers: int | None
    progress: Progress

    def task(self, question: Question, which: tuple[int, ...], draws: int) -> Task:
        """Return a task; scenarios share their random numbers, so that they compare."""
        return Task(question, (*self.name, *which), draws)

    def run(self, tasks: Mapping[tuple[str, str], Task]) -> dict[tuple[str, str], Drawn]:
        """Return what each task drew."""
        drawn = simulate_all(list(tasks.values()), workers=self.workers, progress=self.progress)
        return dict(zip(tasks, drawn, strict=True))


def diagnose(
    questions: Mapping[str, Question],
    name: tuple[int, ...],
    *,
    draws: int = DRAWS,
    workers: int | None = None,
    progress: Progress = lambda *_: None,
) -> Diagnosis:
    """Return what a study's own design and inference make of many simulated studies.

    Each scenario is drawn ``draws`` times with its effect and as often without. An effect is
    shown where the headline's interval leaves out zero, as in the study's own verdict.

    Parameters
    ----------
    questions : mapping of str to Question
        The study as planned under ``"main"``, and its alternatives by name.
    name : tuple of int
        Entropy of the analysis's random stream.
    draws : int
        Simulated studies of each kind; at least 2.
    workers : int or None
        As in ``simulate_all``.
    progress : callable
        As in ``simulate_all``; it starts again where a second round is needed.

    Raises
    ------
    Refused
        As the design's ``simulate``, where no data are as a scenario has it.

    References
    ----------
    Blair, Cooper, Coppock & Humphreys (2019), American Political Science Review 113(3).
    """
    questions = {key: _quick(one) for key, one in questions.items()}
    curve_draws = min(draws, max(FEWEST_CURVE_DRAWS, draws // 4))
    work = _Work(draws, name, workers, progress)
    main = questions[MAIN]
    spots = [one for one in points(main) if refusal(one.question) is None]
    tasks: dict[tuple[str, str], Task] = {}
    for key, question in questions.items():
        tasks[key, "there"] = work.task(question, _THERE, draws)
        tasks[key, "none"] = work.task(question.with_truth(0.0), _NONE, draws)
    tasks |= _curves(work, spots, curve_draws)
    tasks |= _along_effects(work, main, curve_draws)
    guessed = {key: (one, draws) for key, one in questions.items()}
    guessed |= {_label(one): (one.question, curve_draws) for one in spots}
    tasks |= _guesses(work, guessed)
    drawn = work.run(tasks)
    reached = _detectable(work, guessed, tasks, drawn)
    return Diagnosis(
        outcome=main.estimand.outcome,
        scenarios={
            key: _scenario(question, drawn, key, reached[key])
            for key, question in questions.items()
        },
        curve=tuple(_rows(main, spots, tasks, drawn, reached)),
        draws=draws,
        curve_draws=curve_draws,
        randomisation_draws=main.settings.draws,
        refused=_counted(drawn[MAIN, "there"], drawn[MAIN, "none"]),
    )


def _quick(question: Question) -> Question:
    draws = min(question.settings.draws, RANDOMISATION_DRAWS)
    return replace(question, settings=replace(question.settings, draws=draws))


def _label(point: Point) -> str:
    return f"{point.axis}={point.value!r}"


def _curves(work: _Work, spots: Sequence[Point], draws: int) -> dict[tuple[str, str], Task]:
    return {(_label(one), "there"): work.task(one.question, _THERE, draws) for one in spots}


def _along_effects(work: _Work, main: Question, draws: int) -> dict[tuple[str, str], Task]:
    """Return studies along the curve of effects, where moving an estimate is not the same."""
    if main.moves:
        return {}
    asked = ((one, main.with_truth(one)) for one in effects(main, formula_mde(main)))
    return {
        ("effect", repr(value)): work.task(question, _THERE, draws)
        for value, question in asked
        if value not in {0.0, main.truth} and refusal(question) is None
    }


def _guesses(
    work: _Work, guessed: Mapping[str, tuple[Question, int]]
) -> dict[tuple[str, str], Task]:
    """Return studies near the detectable effect, where their spread moves with the effect."""
    return {
        (key, "guess"): task
        for key, (question, draws) in guessed.items()
        if not question.moves
        and (size := formula_mde(question) or limit(question) * _WITHIN)
        and isfinite(size)
        and (task := _at(work, question, size, draws)) is not None
    }


def _at(work: _Work, question: Question, size: float, draws: int) -> Task | None:
    size = min(size, limit(question) * _WITHIN)
    moved = question.with_truth(-size if question.truth < 0 else size)
    return work.task(moved, _THERE, draws) if refusal(moved) is None else None


def _detectable(
    work: _Work,
    guessed: Mapping[str, tuple[Question, int]],
    tasks: Mapping[tuple[str, str], Task],
    drawn: Mapping[tuple[str, str], Drawn],
) -> dict[str, Mapping[str, float]]:
    """Return the detectable effect by scenario and by place on a curve."""
    found: dict[str, Mapping[str, float]] = {}
    again: dict[tuple[str, str], Task] = {}
    for key, (question, draws) in guessed.items():
        at = (key, "guess") if (key, "guess") in tasks else (key, "there")
        truth = tasks[at].question.truth
        found[key] = detectable(drawn[at], truth)
        size = found[key].get("mde")
        if not question.moves and size and abs(size - abs(truth)) > _NEAR * abs(truth):
            task = _at(work, question, size, draws)
            again |= {(key, "again"): task} if task else {}
    if again:
        for (key, _), second in work.run(again).items():
            found[key] = detectable(second, again[key, "again"].question.truth)
    return {
        key: one if one.get("mde", 0.0) <= limit(guessed[key][0]) else {}
        for key, one in found.items()
    }


def _scenario(
    question: Question,
    drawn: Mapping[tuple[str, str], Drawn],
    key: str,
    reached: Mapping[str, float],
) -> Row:
    row = measure(drawn[key, "there"], drawn[key, "none"], question.truth).row() | dict(reached)
    formula = formula_mde(question)
    return row | ({} if formula is None else {"mde_formula": formula})


def _rows(
    main: Question,
    spots: Sequence[Point],
    tasks: Mapping[tuple[str, str], Task],
    drawn: Mapping[tuple[str, str], Drawn],
    reached: Mapping[str, Mapping[str, float]],
) -> Iterator[Row]:
    """Yield the places of each curve in order, the study as planned among them."""
    scenario, there = main.scenario, drawn[MAIN, "there"]
    own = {"people" if scenario.size is None else "clusters": float(scenario.units)}
    if scenario.size is not None:
        own |= {"cluster_size": scenario.size.mean, "icc": main.assumed.icc}
    for axis, value in own.items():
        rows = [_place(axis, value, there, main.truth, reached[MAIN])]
        for one in spots:
            if one.axis == axis and one.value != value:
                task, key = tasks[_label(one), "there"], _label(one)
                of = drawn[key, "there"]
                rows.append(_place(axis, one.value, of, task.question.truth, reached[key]))
        yield from sorted(rows, key=lambda row: float(row["value"] or 0.0))
    size = formula_mde(main)
    if main.moves:  # any effect's power follows from the same studies
        size = size or reached[MAIN].get("mde")
    for effect in effects(main, size):
        at, moved = _nearest(main, effect, drawn)
        if at is not None:
            power, low, high = power_at(at, moved, effect)
            yield _point("effect", effect, (power, low, high), {})


def _nearest(
    main: Question, effect: float, drawn: Mapping[tuple[str, str], Drawn]
) -> tuple[Drawn | None, float]:
    """Return the studies that tell the power at an effect, and the effect they were drawn at."""
    if not effect:
        return drawn[MAIN, "none"], 0.0
    if main.moves or effect == main.truth:
        return drawn[MAIN, "there"], main.truth
    return drawn.get(("effect", repr(effect))), effect


def _place(axis: str, value: float, of: Drawn, truth: float, mde: Mapping[str, float]) -> Row:
    return _point(axis, value, power_at(of, truth, truth), mde)


def _point(
    axis: str, value: float, power: tuple[float, float, float], mde: Mapping[str, float]
) -> Row:
    row: dict[str, Cell] = {"axis": axis, "value": float(value)}
    row |= dict(zip(("power", "power_low", "power_high"), power, strict=True))
    return row | ({"mde": mde["mde"]} if "mde" in mde else {})


def _counted(*drawn: Drawn) -> dict[str, int]:
    codes = [code for one in drawn for code in one.refused]
    return {code: codes.count(code) for code in sorted(set(codes))}
