"""What had become of a person at the end of a horizon: the rule, compiled to SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from evaluate.data import sql
from evaluate.data.cohort_definition import Cohort
from evaluate.data.conditions import Unfit, compile_condition
from evaluate.data.names import closest, shown
from evaluate.data.rules import Condition, Scalar, Status
from evaluate.data.standard import standards
from evaluate.data.variable import Levels, PeriodForm, Variable

Forms = Mapping[str, PeriodForm]
Variables = Mapping[str, Variable]
_UNITS = {"day": "DAY", "month": "MONTH", "year": "YEAR"}
# Words for leaving school in the languages of the studies, with those of its registers.
_LEAVING = re.compile(
    r"drop(ped|ping)?[ _-]?out|\bleft\b|left_|\bleaver|quit|withdr[ae]w|discontinu|interrupt|stopped"
    r"|avbr[oöuøy]|avbrutt|slutt(et|a|ade)?\b|slutat|avhopp|hoppa[dt]",
    re.IGNORECASE,
)


# Whoever left the country is gone from its registers.
_GONE = re.compile(r"country|abroad|emigra|norway|sweden|utland|utvandr|landet", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A status rule as SQL over the rows of its source.

    Attributes
    ----------
    name : str
        The computed column.
    rule : Status
        As the study writes it.
    person : str
        Column of the person in the source.
    state : str
        SQL of the name of a row's status; NULL where no name fits its code.
    counts : str
        SQL that is true for the rows of the source that count.
    horizons : tuple of (str, str)
        SQL that tells a kind of person, and of its horizon, ready to be added to a date.
    """

    name: str
    rule: Status
    person: str
    state: str
    counts: str
    horizons: tuple[tuple[str, str], ...]


def horizons_of(rule: Status) -> dict[str, tuple[int, str]]:
    """Return the horizon of each kind of programme, as a number of days, months or years.

    One under ``""`` holds for everybody.

    Raises
    ------
    Unfit
        If the rule names a standard that is not known, or that follows nobody.
    """
    lengths = rule.within
    if rule.standard is not None:
        lengths = _published(rule)
    if isinstance(lengths, str):
        lengths = {"": lengths}
    found = {}
    for kind, length in (lengths or {}).items():
        number, _, unit = length.partition(" ")
        found[kind] = int(number), unit.removesuffix("s")
    return found


def drops_out(name: str, rule: Status, labels: Mapping[str, str]) -> bool:
    """Return whether a status is that of leaving school early, by its name or its codes' labels.

    Parameters
    ----------
    name : str
        The status.
    rule : Status
        With its codes.
    labels : mapping of str to str
        What the dictionary calls each code.
    """
    codes = rule.states.get(name, ())
    words = (name, *(str(one) for one in codes), *(labels.get(str(one), "") for one in codes))
    return any(_LEAVING.search(word) and not _GONE.search(word) for word in words)


def labels_of(variable: Variable) -> dict[str, str]:
    """Return what the dictionary calls each code of a variable."""
    allowed = variable.values
    if not isinstance(allowed, Levels):
        return {}
    return dict(zip(map(str, allowed.values), allowed.labels, strict=True))


def compile_status(
    name: str, rule: Status, cohort: Cohort, variables: Variables, forms: Forms
) -> Asked:
    """Return a status rule as SQL.

    Parameters
    ----------
    name : str
        The computed column.
    rule : Status
        As the study writes it.
    cohort : Cohort
        Whose persons are asked for.
    variables : mapping of str to Variable
        The dictionary.
    forms : mapping of str to str
        Forms of periods by column, where known.

    Raises
    ------
    Unfit
        If the columns are of other types, a code cannot occur, or statuses contradict each other.
    """
    person = rule.person or cohort.person
    require_same(variables[person], variables[cohort.person])
    for column in filter(None, (rule.date, rule.from_, rule.to)):
        require_date(variables[column])
    _refuse_left_out(rule, variables[rule.column])
    variable, form = variables[rule.column], forms.get(rule.column)
    cases = []
    for state, codes in rule.states.items():
        holds = compile_condition(_one_of(rule.column, codes), variable, form)
        cases.append(f"WHEN {holds} THEN {sql.text(state)}")
    tests = (compile_condition(one, variables[one.column], forms.get(one.column))
             for one in rule.where)  # fmt: skip
    return Asked(
        name=name,
        rule=rule,
        person=person,
        state=f"CASE {' '.join(cases)} END",
        counts=" AND ".join(f"({one})" for one in tests) or "true",
        horizons=tuple(_horizons(rule, variables, forms)),
    )


def require_date(variable: Variable) -> None:
    """Refuse a column whose cells are no days.

    Raises
    ------
    Unfit
        If it is of another type.
    """
    if variable.type != "date":
        raise Unfit(
            f"`{shown(variable.name)}` is {variable.type} ({variable.where}), and a horizon runs "
            "from day to day",
            "name a column of dates; of a school year take its first day",
        )


def require_same(one: Variable, other: Variable) -> None:
    """Refuse two columns of persons that can never be equal.

    Raises
    ------
    Unfit
        If their types differ.
    """
    texts = {"text", "category"}
    if one.type != other.type and not {one.type, other.type} <= texts:
        raise Unfit(
            f"`{shown(one.name)}` is {one.type} and `{shown(other.name)}` {other.type} "
            f"({one.where})",
            "declare both columns of the person as text",
        )


def _one_of(column: str, codes: tuple[Scalar, ...]) -> Condition:
    return Condition.model_validate({"column": column, "in": codes})


def _published(rule: Status) -> dict[str, str]:
    known = standards()
    found = known.get(rule.standard or "")
    if found is None or not found.horizons:
        fitting = [one.id for one in known.values() if one.horizons]
        near = closest(rule.standard or "", fitting)
        what = f"`{rule.standard}` is no published definition that follows people from entry"
        choice = f"did you mean `{near}`?" if near else f"name one of {', '.join(fitting)}"
        raise Unfit(what, choice)
    return dict(found.horizons)


def _horizons(rule: Status, variables: Variables, forms: Forms) -> list[tuple[str, str]]:
    """Return a test of a person's row and the interval, for each kind of programme."""
    lengths = {
        kind: f"INTERVAL {number} {_UNITS[unit]}"
        for kind, (number, unit) in horizons_of(rule).items()
    }
    if set(lengths) == {""}:
        return [("true", lengths[""])]
    if rule.types is None:
        kinds = ", ".join(f"`{one}`" for one in lengths)
        raise Unfit(
            f"`{rule.standard}` has a horizon for each of {kinds}, and nothing says whose is which",
            "add `types:` with the column of the programme at entry",
        )
    codes = rule.types.codes or {kind: (kind,) for kind in lengths}
    if other := sorted(set(codes) ^ set(lengths)):
        raise Unfit(
            f"`types` and the horizons do not name the same kinds: `{other[0]}` stands in one of "
            "them only",
            "write a horizon and codes for each kind",
        )
    column = rule.types.column
    return [
        (
            compile_condition(_one_of(column, codes[kind]), variables[column], forms.get(column)),
            length,
        )
        for kind, length in lengths.items()
    ]


def _refuse_left_out(rule: Status, variable: Variable) -> None:
    """Refuse statuses that stand twice or nowhere, and leaving school as a way to be missing."""
    places = [rule.event, *rule.else_, *rule.missing]
    for one in places:
        if places.count(one) > 1:
            raise Unfit(
                f"`{one}` stands in two of `event`, `else` and `missing`",
                "a status is the event, means 0, or leaves the outcome unknown: keep one of them",
            )
    if rule.codes is not None and (other := sorted(set(rule.codes) ^ set(places))):
        raise Unfit(
            f"`{other[0]}` stands only in `codes`, or only in `event`, `else` and `missing`",
            "give each status its codes, and name each in one of the three",
        )
    if rule.no_record is not None and rule.no_record not in (*rule.else_, *rule.missing):
        raise Unfit(
            f"`no_record` is `{rule.no_record}`, which is not under `else` or `missing`",
            "name a status that says what it means",
        )
    for one in rule.missing:
        if drops_out(one, rule, labels_of(variable)):
            raise Unfit(leaving(one), LEAVING_FIX)


LEAVING_WHY = (
    "registers still see whoever left; without them the share that completes is that of those "
    "who stayed, and a programme that keeps the weakest in school would look harmful"
)
LEAVING_FIX = "move it to `else`, so that it counts as not completed"


def leaving(name: str) -> str:
    """Return what is said of a status that means leaving school and stands under ``missing``."""
    return (
        f"`{name}` is listed under `missing`, and means that somebody left school: that is an "
        "outcome, not attrition"
    )
