"""Practice records: what kinds there are, what they rest on, and whether they fit elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from pydantic import Field, model_validator

from evaluate.core import Cell, CellType, Check, CheckResult, Column, Name, Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference.practice_definition import CLASSES, GRADES, LEVELS, TARGETS, Practice
from evaluate.inference.practice_ratings import Ratings, agreed, ratings_of, shares
from evaluate.inference.practice_rows import (
    TEXTS,
    Classed,
    condition_rows,
    evidence_rows,
    matrix_rows,
    record_rows,
    sureness,
    transfer_rows,
    typology_rows,
)
from evaluate.method import (
    ColumnName,
    Example,
    FromRecord,
    Inquiry,
    Method,
    Result,
    cell,
    column_of,
)
from evaluate.wording.labels_practices import LABELS

_GOOD = 0.8  # of alpha: below it the classes are not reliable enough to count by


class RatedRows(FromRecord):
    """Who put which practice into which class: a row for each practice, rater and class."""

    practice: ColumnName = cell("text", "Column of the practice's key.")
    rater: ColumnName = cell("text", "Column of the rater, as a code.")
    label: ColumnName = cell("text", "Column of the class: preventive, intervening, compensating.")
    applies: ColumnName = cell("boolean", "Column: 1 where the rater says that it applies, else 0.")


class Destination(Strict):
    """A place to which practices might go."""

    title: Text = Field(description="What it is called.")


class Practices(Strict):
    """Practice records, ratings of them, and places that might take them up."""

    practices: dict[Name, Practice] = Field(
        min_length=1, max_length=200, description="The practices, each under its key."
    )
    destinations: dict[Name, Destination] = Field(
        default_factory=dict, max_length=20, description="Places that might take them up."
    )
    ratings: RatedRows | None = Field(
        default=None, description="Ratings of the classes by two or more raters."
    )
    counts_from: float = Field(
        default=0.5, gt=0, le=1, description="From how sure a class counts in the typology."
    )

    @model_validator(mode="after")
    def _known(self) -> Practices:
        named = {
            place
            for one in self.practices.values()
            for needed in one.conditions.values()
            for place in needed.at
        }
        unknown = named - set(self.destinations)
        if unknown:
            raise ValueError(f"`{min(unknown)}` is not under `destinations`; add it there")
        for both in set(self.practices) & set(self.destinations):
            raise ValueError(f"`{both}` is a practice and a destination; rename one")
        return self


def _columns(**kinds: CellType) -> tuple[Column, ...]:
    return tuple(column_of(LABELS, name, kind) for name, kind in kinds.items())


def estimate(spec: Practices, inquiry: Inquiry) -> Result:
    """Return the records as a table, the typology with its gaps, evidence and fit elsewhere.

    Parameters
    ----------
    spec : Practices
        Records.
    inquiry : Inquiry
        Reads the ratings.

    Raises
    ------
    Refused
        If a rating names a class or a practice that is not there.
    """
    rated = _ratings(spec, inquiry)
    sure = sureness(spec.practices, {} if rated is None else shares(rated))
    classed = {
        key: [name for name in CLASSES if one.get(name, 0.0) >= spec.counts_from]
        for key, one in sure.items()
    }
    tables = [*_kinds(spec, sure, classed)]
    if rated is not None:
        tables.append(_agreement(rated))
    if spec.destinations:
        tables += _elsewhere(spec)
    return Result((), tables=tuple(tables), checks=tuple(_checks(spec, classed, rated)))


def _ratings(spec: Practices, inquiry: Inquiry) -> Ratings | None:
    if spec.ratings is None:
        return None
    rows = inquiry.table(spec.ratings)
    found = ratings_of(rows["practice"], rows["rater"], rows["label"], rows["applies"])
    if not set(found.labels) <= set(CLASSES) or not set(found.items) <= set(spec.practices):
        raise Refused(
            "unknown_label",
            "a rating names a class or a practice that the study does not have",
            "use the keys under `practices`, and preventive, intervening or compensating",
        )
    return found


def _kinds(
    spec: Practices, sure: Mapping[str, Mapping[str, float]], classed: Classed
) -> Iterator[Table]:
    records = spec.practices
    columns = _columns(
        practice="text", preventive="share", intervening="share", compensating="share",
        levels="text", targets="text", country="text", region="text", context="text",
        actors="text", method="text", evidence="text", evidence_source="text", cost="number",
        cost_unit="text", contact="text", source="text", status="text",
    )  # fmt: skip
    yield Table("records", "practices_records", columns, tuple(record_rows(records, sure)))
    levels: dict[str, CellType] = {f"level_{at}": "integer" for at in LEVELS}
    columns = _columns(type="text", **levels, any_level="integer")
    yield Table("matrix", "practices_matrix", columns, tuple(matrix_rows(records, classed)))
    columns = _columns(
        cell="text", type="text", level="text", target="text", practices="integer", named="text",
        gap="boolean",
    )  # fmt: skip
    yield Table("typology", "practices_typology", columns, tuple(typology_rows(records, classed)))
    columns = _columns(evidence="text", practices="integer", share="share")
    yield Table("evidence", "practices_evidence", columns, tuple(evidence_rows(records)))


def _agreement(rated: Ratings) -> Table:
    rows: list[dict[str, Cell]] = []
    for name in CLASSES:
        found = agreed(rated, name)
        row: dict[str, Cell] = {"type": name, "raters": found.raters, "rated": found.items}
        rows.append(
            row | {"agreement": found.agreement, "alpha": found.alpha, "state": found.state}
        )
    columns = _columns(
        type="text", raters="integer", rated="integer", agreement="share", alpha="number",
        state="text",
    )  # fmt: skip
    return Table("agreement", "practices_agreement", columns, tuple(rows))


def _elsewhere(spec: Practices) -> Iterator[Table]:
    columns = _columns(
        pair="text", destination="text", needed="integer", met="integer",
        unmet="integer", unknown="integer", low="share", high="share", uncertain="text",
        missing="text", doubtful="text", state="text",
    )  # fmt: skip
    rows = transfer_rows(spec.practices, spec.destinations)
    yield Table("transfer", "practices_transfer", columns, tuple(rows))
    columns = _columns(
        row="text", practice="text", is_needed="text", origin="text",
        destination="text", there="text",
    )  # fmt: skip
    rows = condition_rows(spec.practices, spec.destinations)
    yield Table("conditions", "practices_conditions", columns, tuple(rows))


def _checks(spec: Practices, classed: Classed, rated: Ratings | None) -> Iterator[Check]:
    records = spec.practices
    graded = [one for one in records.values() if one.evidence != "described"]
    named = sum(one.evidence_source is not None for one in graded)
    text = (
        f"{len(records) - len(graded)} of {len(records)} practices rest on a description only; "
        f"{named} of the other {len(graded)} name where their evidence can be read."
    )
    yield Check("evidence_named", "passed" if named == len(graded) else "failed", text, "records")
    text = f"{len(graded)} of {len(records)} practices rest on more than a description."
    whole = len(graded) == len(records)
    yield Check("practices_tested", "passed" if whole else "failed", text, "evidence")
    placed = sum(bool(classed[key] and one.levels and one.targets) for key, one in records.items())
    text = f"{placed} of {len(records)} practices have a class, a level and a target group."
    yield Check(
        "practices_typed", "passed" if placed == len(records) else "failed", text, "typology"
    )
    yield _reliable(rated)
    if spec.destinations:
        rows = transfer_rows(records, spec.destinations)
        known = sum(row.get("low") is not None and row.get("uncertain") is None for row in rows)
        text = (
            f"Of {len(rows)} pairs of a practice and a destination, {known} have every condition "
            "answered."
        )
        yield Check(
            "transfer_known", "passed" if known == len(rows) else "failed", text, "transfer"
        )


def _reliable(rated: Ratings | None) -> Check:
    if rated is None:
        text = "Nobody beside the authors of the records rated the classes."
        return Check("classes_agreed", "not_run", text)
    found = [agreed(rated, name) for name in CLASSES]
    alphas = [one.alpha for one in found if one.alpha is not None]
    if not alphas:
        text = "No class was rated by several raters in such a way that agreement can be told."
        return Check("classes_agreed", "uninformative", text, "agreement")
    good = sum(one >= _GOOD for one in alphas)
    text = (
        f"Krippendorff's alpha is {min(alphas):.2f} for the class on which raters agree least; "
        f"{good} of {len(alphas)} classes reach {_GOOD:.1f}."
    )
    result: CheckResult = "passed" if good == len(alphas) else "failed"
    return Check("classes_agreed", result, text, "agreement")


def titles(spec: Practices) -> Mapping[str, Text]:
    """Return what practices, their texts, conditions and destinations are called.

    Parameters
    ----------
    spec : Practices
        Records.
    """
    found: dict[str, Text] = {key: one.title for key, one in spec.destinations.items()}
    for key, one in spec.practices.items():
        found[key] = one.title
        found |= {f"{key}_needs_{name}": needed.title for name, needed in one.conditions.items()}
        for place in spec.destinations:
            found[f"{key}_in_{place}"] = one.title
            found |= {f"{key}_needs_{n}_in_{place}": c.title for n, c in one.conditions.items()}
        found |= {f"{key}_actor_{i}": actor for i, actor in enumerate(one.actors, 1)}
        texts = {name: getattr(one, name) for name in TEXTS}
        found |= {f"{key}_{name}": text for name, text in texts.items() if text is not None}
    return found


def example(rng: np.random.Generator) -> Example[Practices]:
    """Return invented practices, two destinations, and three raters who agree four times in five.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws what raters say.
    """
    practices = {
        f"practice_{i}": {
            "title": f"Practice {i}",
            "classes": {CLASSES[i % 3]: 1.0} if i % 4 else {},
            "levels": [LEVELS[i % 4]],
            "targets": [TARGETS[i % 3]],
            "country": ("NO", "SE")[i % 2],
            "evidence": GRADES[max(0, i - 4)],
            "evidence_source": f"Report {i}",
            "conditions": {
                "mandate": {"title": "A mandate", "origin": "yes", "at": {"north": "yes"}},
                "staff": {"title": "Staff", "needed": "unknown", "at": {"south": "no"}},
            },
        }
        for i in range(1, 8)
    }
    keys = [(p, r, c) for p in practices for r in ("a", "b", "c") for c in CLASSES]
    truth = np.array([CLASSES.index(c) == int(p[-1]) % 3 for p, _, c in keys])
    names = ("practice", "rater", "label")
    columns = {n: np.array([key[k] for key in keys], object) for k, n in enumerate(names)}
    said = np.where(rng.random(len(keys)) < _GOOD, truth, ~truth).astype(float)
    spec = {"practices": practices, "destinations": {"north": {"title": "N"}, "south": {"title": "S"}},
            "ratings": {"record": "ratings", "applies": "applies", **{n: n for n in names}}}  # fmt: skip
    return Example(Practices.model_validate(spec), {"ratings": {**columns, "applies": said}})


METHOD = Method(
    name="practices",
    title="Practice records",
    spec=Practices,
    rung=1,
    estimate=estimate,
    example=example,
    needs={1: frozenset({"evidence_named"})},
    titles=titles,
)
