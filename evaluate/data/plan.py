"""Which columns are read, which are computed, and which rows are used: decided before reading."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from evaluate.data.cohort_plan import CohortPlan, CohortPlanning, columns_asked
from evaluate.data.conditions import Unfit, compile_condition
from evaluate.data.definition import Data
from evaluate.data.derive import Computed, compile_derive, inputs_of, status_column
from evaluate.data.dictionary import COMMON, FILE_NAME
from evaluate.data.names import shown, suggestion
from evaluate.data.rules import Derive
from evaluate.data.status import compile_status
from evaluate.data.units import compile_units
from evaluate.data.variable import PeriodForm, Variable
from evaluate.errors import Problem, StudyError

_WHY = "data are checked against the dictionary before anything is estimated"
At = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is read and made of it.

    Attributes
    ----------
    columns : tuple of str
        Columns of the file that the study needs; only these are read.
    promised : tuple of str
        Further columns that the study's own section of the dictionary describes.
    computed : tuple of Computed
        Computed columns, in order.
    conditions : tuple of str
        SQL of the conditions that a used row meets.
    asked : mapping of str to tuple of str
        Columns of each source that is looked up, and not joined.
    cohort : CohortPlan or None
        How the cohort is formed.
    """

    columns: tuple[str, ...]
    promised: tuple[str, ...]
    computed: tuple[Computed, ...]
    conditions: tuple[str, ...]
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cohort: CohortPlan | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns that are read, then those that are computed."""
        return (*self.columns, *(one.name for one in self.computed))


def make_plan(
    data: Data,
    variables: Mapping[str, Variable],
    columns: Collection[str],
    at: At,
    forms: Mapping[str, PeriodForm],
    *,
    section: str | None = None,
) -> Plan:
    """Return what is to be read and made of it.

    Parameters
    ----------
    data : Data
        As the study defines it.
    variables : mapping of str to Variable
        The study's dictionary.
    columns : collection of str
        Every column that an outcome or an analysis names; a mapping gives the key in
        ``study.yaml`` of each.
    at : callable
        ``at(*key)`` returns ``study.yaml:line``.
    forms : mapping of str to str
        Forms of periods by column, where known.
    section : str or None
        Heading under which the dictionary has the study's own variables, for messages.

    Raises
    ------
    StudyError
        With every fault of the definition against the dictionary.
    """
    planning = _Planning(data, variables, at, forms, section)
    for name in sorted(columns):
        key = columns[name] if isinstance(columns, Mapping) else ("data",)
        planning.need(name, at(*key))
    planning.form_cohort()
    planning.join()
    planning.units()
    planning.derive()
    planning.where()
    planning.measured()
    planning.refuse_clashes()
    if planning.problems:
        raise StudyError(*planning.problems)
    return planning.plan()


@dataclass(slots=True)
class _Planning:
    data: Data
    variables: Mapping[str, Variable]
    at: At
    forms: Mapping[str, PeriodForm]
    section: str | None
    needed: dict[str, str] = field(default_factory=dict)
    computed: list[Computed] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cohort: CohortPlan | None = None
    asking: CohortPlanning = field(init=False)

    def __post_init__(self) -> None:
        self.asking = CohortPlanning(
            self.data, self.variables, self.forms, self.at, self.need, self.known
        )

    @property
    def derived(self) -> list[str]:
        return [*self.data.units, *(one.name for one in self.data.derive)]

    def plan(self) -> Plan:
        read = [name for name in self.needed if name not in self.derived]
        promised = [
            name
            for name, variable in self.variables.items()
            if variable.section != COMMON and name not in (*read, *self.derived)
        ]
        return Plan(
            tuple(read),
            tuple(promised),
            tuple(self.computed),
            tuple(self.conditions),
            columns_asked(self.asking.asked),
            self.cohort,
        )

    def need(self, name: str, where: str) -> bool:
        """Note that a column is needed; return whether the dictionary has it."""
        if name in self.variables:
            self.needed.setdefault(name, where)
        return self.known(name, where)

    def known(self, name: str, where: str) -> bool:
        """Return whether the dictionary has a column."""
        if name in self.variables:
            return True
        otherwise = f"add a row for it to `{FILE_NAME}`"
        if self.section and all(variable.section == COMMON for variable in self.variables.values()):
            heading = f"`## {shown(self.section)}`"
            otherwise += f", in a section {heading}, as the folder is called: it has none"
        fix = suggestion(name, self.variables, otherwise)
        problem = Problem(where, f"column `{shown(name)}` is not in the dictionary", _WHY, fix)
        if problem not in self.problems:
            self.problems.append(problem)
        return False

    def form_cohort(self) -> None:
        self.cohort = self.asking.plan()
        self.problems += self.asking.problems

    def units(self) -> None:
        for name, units in self.data.units.items():
            where = self.at("data", "units", name)
            if self.need(name, where) & self.need(units.column, where):
                with self._caught(where):
                    found = compile_units(name, units, self.variables)
                    self.computed.append(replace(found, place=("data", "units", name)))

    def join(self) -> None:
        for i, one in enumerate(self.data.join):
            for name in one.keys:
                where = self.at("data", "join", i, "on")
                self.need(name, where)
                if name in self.derived:
                    what = f"`{shown(name)}` is computed, and sources are joined before that"
                    self._fault(where, what, "name a column that both sources have")

    def derive(self) -> None:
        earlier = set(self.data.units)
        for i, one in enumerate(self.data.derive):
            where = self.at("data", "derive", i)
            name_known = self.need(one.name, self.at("data", "derive", i, "name"))
            if one.status is not None:
                name_known &= self.asking.status(one.status, where)
            if one.name in earlier:
                self._fault(where, f"column `{one.name}` is computed twice", "rename one of them")
            known = [self.need(name, where) for name in inputs_of(one)]
            late = [n for n in inputs_of(one) if n in self.derived and n not in earlier]
            earlier.add(one.name)
            for name in late:
                what = f"`{one.name}` is computed from `{name}`, which is not computed yet"
                self._fault(where, what, f"move `{name}` above it")
            if not (name_known and all(known)):
                continue
            self._check_unit(where, one.name, one.unit)
            with self._caught(where):
                found = self._compiled(one)
                self.computed.append(replace(found, place=("data", "derive", i)))

    def _compiled(self, one: Derive) -> Computed:
        if one.status is None or self.data.cohort is None:
            return compile_derive(one, self.variables, self.forms)
        asked = compile_status(one.name, one.status, self.data.cohort, self.variables, self.forms)
        number = sum(earlier.asked is not None for earlier in self.computed) + 1
        return status_column(asked, number, self.variables[one.name])

    def where(self) -> None:
        for i, condition in enumerate(self.data.where):
            where = self.at("data", "where", i)
            if self.need(condition.column, self.at("data", "where", i, "column")):
                with self._caught(where):
                    variable = self.variables[condition.column]
                    form = self.forms.get(condition.column)
                    self.conditions.append(compile_condition(condition, variable, form))

    def measured(self) -> None:
        timing = self.data.timing
        for side in ("before", "after") if timing is not None else ():
            for i, name in enumerate(getattr(timing, side)):
                self.known(name, self.at("data", "timing", side, i))
        for i, one in enumerate(self.data.measured):
            where = self.at("data", "measured", i)
            for name in filter(None, (one.column, one.over, one.break_term)):
                self.need(name, where)
            over = self.variables.get(one.over or "")
            if over is not None and over.type not in {"integer", "period", "date"}:
                what = f"`{shown(over.name)}` is {over.type} ({over.where}), and no time"
                self._fault(where, what, "name a column of years, periods or dates")

    def refuse_clashes(self) -> None:
        # DuckDB does not tell capitals apart in names of columns.
        seen: dict[str, str] = {}
        for name, where in self.needed.items():
            other = seen.setdefault(name.casefold(), name)
            if other != name:
                what = f"columns `{shown(other)}` and `{shown(name)}` differ only in capitals"
                self._fault(where, what, "rename one of them in the file and the dictionary")

    def _check_unit(self, where: str, name: str, unit: str | None) -> None:
        variable = self.variables[name]
        if unit is not None and unit != variable.unit:
            what = f"the unit of `{name}` is not that of the dictionary ({variable.where})"
            self._fault(where, what, "write the same unit in both")

    @contextmanager
    def _caught(self, where: str) -> Iterator[None]:
        try:
            yield
        except Unfit as error:
            self._fault(where, error.what, error.fix)

    def _fault(self, where: str, what: str, fix: str) -> None:
        self.problems.append(Problem(where, what, _WHY, fix))
