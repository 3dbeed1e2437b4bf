"""Diagnose a study before it has data: its own design and inference on simulated studies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from evaluate.core import Cell
from evaluate.diagnosed import FILE, content_of, diagnosable, name_of, questions_of
from evaluate.diagnosis.diagnose import DRAWS, MAIN, Diagnosis, diagnose
from evaluate.diagnosis.draws import Question
from evaluate.diagnosis.scenarios import refusal
from evaluate.errors import Problem, Refused, StudyError
from evaluate.findings.atomic import write_whole
from evaluate.inference.stream import stream
from evaluate.study.load import Definition, load

Progress = Callable[[str, float], None]
FEWEST_DRAWS, MOST_DRAWS = 100, 100_000


def power(
    path: Path | str,
    *,
    draws: int = DRAWS,
    workers: int | None = None,
    progress: Progress = lambda name, share: None,
) -> Mapping[str, Diagnosis]:
    """Simulate a study many times, estimate each as it will be, and write what was found.

    Parameters
    ----------
    path : Path
        A folder with a ``study.yaml`` that has assumptions. ``plan/diagnosis.json`` in it is
        written whole or not at all.
    draws : int
        Simulated studies with the assumed effect, and as many without, of each scenario.
    workers : int or None
        Processes; ``None`` is one for each core. The result does not depend on them.
    progress : callable
        Told what is being done, and the share of it that is done.

    Returns
    -------
    mapping of str to Diagnosis
        By analysis.

    Raises
    ------
    StudyError
        If the definition is wrong, or has no assumptions to simulate from; if no data are as
        it assumes; or if the file cannot be written.
    """
    _require(draws)
    definition = load(Path(path))
    asked = {name: questions_of(definition, name) for name in diagnosable(definition)}
    problems = list(_missing(definition, asked))
    if problems:
        raise StudyError(*problems)
    found: dict[str, Diagnosis] = {}
    for name, questions in asked.items():
        entropy = stream(*name_of(definition, name))
        try:
            found[name] = diagnose(
                questions, entropy, draws=draws, workers=workers, progress=_shown(progress, name)
            )
        except Refused as refused:  # some draws can be met, not all
            raise StudyError(_impossible(definition, (), refused)) from None
    content = content_of(definition, found)
    _write(definition.folder / FILE, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return found


def _shown(progress: Progress, name: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(f"simulated studies, {name}", done / total)


def sentences(found: Mapping[str, Diagnosis]) -> Iterator[str]:
    """Yield a sentence for each analysis: what it can find, and its own false alarms.

    Parameters
    ----------
    found : mapping of str to Diagnosis
        By analysis.
    """
    for name, one in found.items():
        row = one.scenarios[MAIN]
        power_, alarms, mde = (row.get(key) for key in ("power", "false_positive", "mde"))
        if alarms is None:
            most = max(one.refused, key=lambda code: one.refused[code], default=None)
            why = "" if most is None else f", most often because of {most}"
            yield f"{name}: none of {one.draws} simulated studies gave a result{why}"
            continue
        least = "no effect is found" if mde is None else f"{mde:.3g} is found"
        yield (
            f"{name}: an effect of {row['effect']:.3g} is found in {_percent(power_)} of"
            f" {one.draws} simulated studies, and {least} in 80 %; without any effect"
            f" {_percent(alarms)} are wrongly significant"
            f" ({_percent(row['false_positive_low'])} to {_percent(row['false_positive_high'])})"
        )


def _percent(share: Cell) -> str:
    return f"{100 * float(share or 0):.1f} %"


def _require(draws: int) -> None:
    if not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise StudyError(
            Problem(
                "command line",
                f"--draws {draws} is not from {FEWEST_DRAWS} to {MOST_DRAWS}",
                "shares of few studies say nothing, and very many take days",
                "use 1000",
            )
        )


def _missing(
    definition: Definition, asked: Mapping[str, Mapping[str, Question]]
) -> Iterator[Problem]:
    study = definition.study
    if study.assumptions is None:
        yield Problem(
            definition.at("assumptions"),
            "the study has no `assumptions`",
            "studies are simulated from what is expected: sizes, baseline, effect, likeness",
            "add `assumptions:` with `clusters` or `people`, and `outcomes`",
        )
    elif not study.analyses:
        yield Problem(
            definition.at("analyses"),
            "the study has no `analyses`",
            "a simulated study is estimated as the real one will be",
            "add the analysis that is planned",
        )
    elif not asked:
        yield Problem(
            definition.at("assumptions", "outcomes"),
            "nothing is assumed of an outcome that is analysed",
            "the outcome of an analysis is what has to be simulated",
            "add under `assumptions.outcomes` an outcome that an analysis names",
        )
    for name, questions in asked.items():
        for key, question in questions.items():
            refused = refusal(question)
            if refused is not None:
                place = () if key == MAIN else ("alternatives", key)
                yield _impossible(definition, (name, *place), refused)


def _impossible(definition: Definition, place: tuple[str, ...], refused: Refused) -> Problem:
    where = definition.at("assumptions", *place[1:])
    return Problem(where, refused.why, "no data are as the study assumes", refused.fix)


def _write(file: Path, text: str) -> None:
    """Write the file so that a crash leaves either the old one or the new."""
    try:
        file.parent.mkdir(exist_ok=True)
        write_whole(file, text)
    except OSError as error:
        raise StudyError(
            Problem(
                str(file),
                f"cannot be written: {error.strerror}",
                "the simulation would be lost",
                "give yourself the right to write there",
            )
        ) from None
