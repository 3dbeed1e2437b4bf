"""One simulated study after another, estimated as the real one will be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.definition import AssumedOutcome
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.trial import taking
from evaluate.core import Estimand, Settings, Strict
from evaluate.data.array_sample import ArraySample
from evaluate.design import Design, roles
from evaluate.errors import Problem, Refused, StudyError

Float = NDArray[np.float64]
Progress = Callable[[int, int], None]
_LABELS = {"cluster", "stratum", "unit"}
BLOCK = 20  # studies that a worker draws before it reports
MOST_PER_CORE = 2  # processes
SCHEDULER, TIMEOUT = "EVALUATE_DASK", "10s"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of each simulated study.

    Attributes
    ----------
    design : Design
        The study's own.
    spec : Strict
        Its fields.
    scenario : Scenario
        What is assumed.
    estimand : Estimand
        What is estimated.
    settings : Settings
        How; ``seed`` names the random stream.
    """

    design: Design[Any]
    spec: Strict
    scenario: Scenario
    estimand: Estimand
    settings: Settings

    @property
    def assumed(self) -> AssumedOutcome:
        """Return what is assumed of the outcome."""
        return self.scenario.outcomes[self.estimand.outcome]

    @property
    def dilution(self) -> float:
        """Return the effect that is declared, per effect that is asked for.

        Declared is that of the offer; of taking part it is as much larger as fewer take part.
        """
        return taking(self.scenario) if self.estimand.summary == "LATE" else 1.0

    @property
    def truth(self) -> float:
        """Return the effect that is asked for, as it is put into the data."""
        return self.assumed.effect / self.dilution

    @property
    def moves(self) -> bool:
        """Return whether another true effect moves each study's estimate and nothing else.

        Not of a share, whose variance hangs on it, nor of an offer that some do not take up:
        a larger effect on those alone who take part spreads the treated further apart.
        """
        offer = self.scenario.received is not None and self.estimand.summary != "LATE"
        return self.assumed.sd is not None and not offer

    def with_truth(self, effect: float) -> Question:
        """Return the question with another true effect of what is asked for."""
        one = self.assumed.model_copy(update={"effect": effect * self.dilution})
        outcomes = {**self.scenario.outcomes, self.estimand.outcome: one}
        return replace(self, scenario=replace(self.scenario, outcomes=outcomes))


@dataclass(frozen=True, slots=True)
class Drawn:
    """Headline rows of simulated studies, each shape (draws,); NaN where there is none.

    Attributes
    ----------
    estimate, std_error, low, high : ndarray
        In the outcome's unit.
    refused : tuple of str
        Code of each refusal, in order of the draws.
    """

    estimate: Float
    std_error: Float
    low: Float
    high: Float
    refused: tuple[str, ...] = ()

    @property
    def draws(self) -> int:
        """Return how many studies were drawn, those without a result too."""
        return len(self.estimate)

    @property
    def given(self) -> NDArray[np.bool_]:
        """Return which studies have a result."""
        return np.isfinite(self.estimate)

    @property
    def found(self) -> NDArray[np.bool_]:
        """Return which studies show an effect: no effect lies outside their interval."""
        return (self.low > 0) | (self.high < 0)


@dataclass(frozen=True, slots=True)
class Task:
    """Studies to draw: ``draws`` of ``question``, from the stream ``name``."""

    question: Question
    name: tuple[int, ...]
    draws: int


def simulate_all(
    tasks: Sequence[Task], *, workers: int | None = None, progress: Progress = lambda *_: None
) -> list[Drawn]:
    """Draw and estimate the studies of several tasks, over all cores or a cluster.

    Each study has a random stream of its own, named by the task and its number, so that the
    result does not depend on how many workers there are.

    Parameters
    ----------
    tasks : sequence of Task
        What to draw.
    workers : int or None
        Processes; ``None`` is one for each core. With the environment variable
        ``EVALUATE_DASK``, the address of a Dask scheduler, that cluster's workers draw.
    progress : callable
        Told how many studies are done, of how many.

    Raises
    ------
    Refused
        As the design's ``simulate``: no data are as the scenario has it.
    StudyError
        If the cluster cannot be reached.
    """
    from joblib import Parallel, delayed

    blocks = [(i, block) for i, task in enumerate(tasks) for block in _blocks(task)]
    total, done = sum(task.draws for task in tasks), 0
    parts: list[list[Any]] = [[] for _ in tasks]
    with _cluster():
        jobs = (delayed(draw_block)(tasks[i].question, tasks[i].name, one) for i, one in blocks)
        run = Parallel(n_jobs=_processes(workers), return_as="generator")(jobs)
        for (i, block), part in zip(blocks, run, strict=True):
            parts[i].append(part)
            done += len(block)
            progress(done, total)
    return [_joined(each) for each in parts]


def _processes(workers: int | None) -> int:
    """Return how many processes draw; far more than cores would only use up the memory."""
    return -1 if workers is None else min(workers, MOST_PER_CORE * (os.cpu_count() or 1))


def _blocks(task: Task) -> Iterator[range]:
    for start in range(0, task.draws, BLOCK):
        yield range(start, min(start + BLOCK, task.draws))


def draw_block(
    question: Question, name: tuple[int, ...], numbers: range
) -> tuple[Float, tuple[str, ...]]:
    """Return the headline rows of some studies, and the codes of those refused.

    Parameters
    ----------
    question : Question
        What is asked.
    name : tuple of int
        Entropy of the random stream.
    numbers : range
        Which studies of the stream.

    Returns
    -------
    rows : ndarray, shape (studies, 4)
        Estimate, standard error and limits; NaN where refused.
    refused : tuple of str
        Codes.
    """
    rows, refused = np.full((len(numbers), 4), np.nan), []
    for row, number in zip(rows, numbers, strict=True):
        try:
            row[:] = _one(question, (*name, number))
        except _UnestimableError as unestimable:
            refused.append(unestimable.code)
    return rows, tuple(refused)


class _UnestimableError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _one(question: Question, seed: tuple[int, ...]) -> tuple[float, float, float, float]:
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    simulated = question.design.simulate(question.spec, question.scenario, rng)
    settings = replace(question.settings, seed=seed, subgroups=(), family=None, headline_only=True)
    sample = _sample(question, simulated.data)
    try:
        result = question.design.estimate(simulated.spec, sample, question.estimand, settings)
    except Refused as refused:
        raise _UnestimableError(refused.code) from None
    row = result.estimates[0]
    return row.estimate, row.std_error, row.conf_low, row.conf_high


def _sample(question: Question, data: Any) -> ArraySample:
    """Return the rows that can be used: complete cases, as of the study's own data."""
    outcome, probability = question.estimand.outcome, question.settings.probability
    y = np.array(data[outcome], dtype=np.float64)
    held = {outcome: y}
    for column, role in roles(question.spec).items():
        values = data[column]
        if values.dtype.kind == "f":
            y[np.isnan(values)] = np.nan
        elif role in _LABELS:  # numbers are sorted faster than names, and mean the same
            values = np.unique(values, return_inverse=True)[1]
        held[column] = values
    if isinstance(probability, str):  # chance is the same for every simulated unit
        held[probability] = np.full(len(y), question.scenario.treated_share)
    return ArraySample(held, outcome)


def _joined(parts: Sequence[tuple[Float, tuple[str, ...]]]) -> Drawn:
    rows = np.concatenate([np.empty((0, 4)), *(rows for rows, _ in parts)])
    codes = tuple(code for _, some in parts for code in some)
    return Drawn(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], codes)


def _cluster() -> AbstractContextManager[object]:
    """Return the Dask cluster that is configured, or this machine."""
    address = os.environ.get(SCHEDULER)
    if not address:
        return nullcontext()
    from joblib import parallel_config

    try:
        from distributed import Client

        client = Client(address, timeout=TIMEOUT, set_as_default=True)
    except ImportError:
        raise _unreachable("Dask is not installed", "install evaluate-programmes[dask]") from None
    except (OSError, TimeoutError, ValueError):
        fix = f"start `dask scheduler` there, or unset {SCHEDULER}"
        raise _unreachable("no Dask scheduler answers", fix) from None
    stack = ExitStack()
    stack.enter_context(client)
    stack.enter_context(parallel_config(backend="dask"))
    return stack


def _unreachable(what: str, fix: str) -> StudyError:
    return StudyError(Problem(SCHEDULER, what, "the cluster was to draw the studies", fix))
