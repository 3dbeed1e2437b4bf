"""What a cohort needs of its sources, decided before reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from evaluate.data import sql
from evaluate.data.cohort_definition import Cohort, Criterion
from evaluate.data.conditions import Unfit, compile_condition
from evaluate.data.definition import Data
from evaluate.data.rules import Status
from evaluate.data.status import Forms, Variables, require_date, require_same
from evaluate.errors import Problem

WHY = "the cohort is formed before anything is estimated, and everything rests on it"
AFTER_WHY = (
    "people chosen by what happened after entry are chosen by the outcome, which the programme "
    "may have changed: the groups are then no longer alike"
)
AFTER_FIX = "select by what was known on the day of entry, and count what came later as an outcome"
At = Callable[..., str]
Need = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Stay:
    """A criterion as SQL.

    Attributes
    ----------
    keeps : str
        SQL that is true for the rows that stay, and never NULL; rows are called ``r``.
    reason : str
        Why others leave.
    place : tuple
        Key in ``study.yaml``.
    """

    keeps: str
    reason: str
    place: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class CohortPlan:
    """How the cohort is formed.

    Attributes
    ----------
    cohort : Cohort
        As the study writes it.
    entries : str
        SQL that is true for the rows of the source of entries that are entries.
    stays : tuple of Stay
        Criteria, in order.
    """

    cohort: Cohort
    entries: str
    stays: tuple[Stay, ...]

    @property
    def taken(self) -> tuple[str, ...]:
        """Return the columns that the person gets from the source of entries."""
        entry = self.cohort.entry
        return () if entry.source is None else (entry.date, *entry.take)


@dataclass(slots=True)
class CohortPlanning:
    """Gathers the columns of the sources that are asked, and what is wrong.

    Attributes
    ----------
    data : Data
        As the study defines it.
    variables, forms : mapping
        The dictionary, and forms of periods by column.
    at : callable
        ``at(*key)`` returns ``study.yaml:line``.
    need, known : callable
        Note a column of the persons; look a column up in the dictionary.
    """

    data: Data
    variables: Variables
    forms: Forms
    at: At
    need: Need
    known: Need
    asked: dict[str, dict[str, None]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def plan(self) -> CohortPlan | None:
        """Return the plan, or nothing without a cohort."""
        cohort = self.data.cohort
        if cohort is None:
            return None
        self.need(cohort.person, self.at("data", "cohort", "person"))
        entries = self._entry(cohort)
        stays = tuple(self._stays(cohort))
        return CohortPlan(cohort, entries, stays)

    def ask(self, source: str, columns: Iterable[str], where: str) -> bool:
        """Note columns of a source; return whether the dictionary has them all."""
        if source == self.data.main_name:
            return self._each(self.need, columns, where)
        noted = self.asked.setdefault(source, {})
        columns = tuple(columns)
        noted.update(dict.fromkeys(columns))
        return self._each(self.known, columns, where)

    def status(self, rule: Status, where: str) -> bool:
        """Note the columns of a status rule; return whether the dictionary has them all."""
        if self.data.cohort is None:
            return False
        person = rule.person or self.data.cohort.person
        fine = self.ask(rule.source, (person, *rule.columns), where)
        if rule.types is not None:
            fine &= self.need(rule.types.column, where)
        return fine

    def _entry(self, cohort: Cohort) -> str:
        entry, where = cohort.entry, self.at("data", "cohort", "entry")
        taken = (entry.date, *entry.take)
        fine = self._each(self.need, taken, where)
        if entry.source is not None:
            columns = (entry.person or cohort.person, *taken, *(one.column for one in entry.where))
            fine &= self.ask(entry.source, columns, where)
        if not fine or cohort.person not in self.variables:
            return "true"
        with self._caught(where):
            require_date(self.variables[entry.date])
            require_same(
                self.variables[entry.person or cohort.person], self.variables[cohort.person]
            )
            tests = (compile_condition(one, self.variables[one.column],
                                       self.forms.get(one.column))
                     for one in entry.where)  # fmt: skip
            return " AND ".join(f"({one})" for one in tests) or "true"
        return "true"

    def _stays(self, cohort: Cohort) -> Iterator[Stay]:
        for name, number, one in cohort.criteria:
            place = ("data", "cohort", name, number)
            where = self.at(*place)
            if one.when == "after_entry":
                what = f"`{one.column}` selects by rows that are dated after entry"
                self.problems.append(Problem(where, what, AFTER_WHY, AFTER_FIX))
                continue
            if one.source is None:
                fine = self.need(one.column, where)
            else:
                columns = (one.person or cohort.person, one.date or "", one.column)
                fine = self.ask(one.source, columns, where)
            if not fine or cohort.person not in self.variables:
                continue
            with self._caught(where):
                holds = self._holds(one, cohort)
                keeps = f"coalesce({holds}, false)"
                yield Stay(keeps if name == "include" else f"NOT {keeps}", one.reason, place)

    def _holds(self, one: Criterion, cohort: Cohort) -> str:
        test = compile_condition(one, self.variables[one.column], self.forms.get(one.column))
        if one.source is None:
            return f"({test})"
        person, day = one.person or cohort.person, one.date or ""
        require_date(self.variables[day])
        require_same(self.variables[person], self.variables[cohort.person])
        sign = "<" if one.when == "before_entry" else "<="
        return (
            f"EXISTS (SELECT 1 FROM typed_{one.source} e "
            f"WHERE e.{sql.identifier(person)} = r.{sql.identifier(cohort.person)} "
            f"AND e.{sql.identifier(day)} {sign} r.{sql.identifier(cohort.entry.date)} "
            f"AND ({test}))"
        )

    @staticmethod
    def _each(look: Need, columns: Iterable[str], where: str) -> bool:
        """Look every column up, also after one that is unknown."""
        found = [look(one, where) for one in columns]
        return all(found)

    @contextmanager
    def _caught(self, where: str) -> Iterator[None]:
        try:
            yield
        except Unfit as error:
            self.problems.append(Problem(where, error.what, WHY, error.fix))


def columns_asked(asked: Mapping[str, Mapping[str, None]]) -> dict[str, tuple[str, ...]]:
    """Return the columns of each source that is asked."""
    return {name: tuple(columns) for name, columns in asked.items()}
