"""The nouns and the closed vocabularies: a handful of frozen types that all modules speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Language = Literal["en", "nb", "nn", "sv"]
DataKind = Literal["public", "dummy", "restricted"]
Stage = Literal["planned", "registered", "running", "final"]
Completeness = Literal["planned", "complete", "partly_refused", "refused"]
Summary = Literal["ATE", "ATT", "ATO", "ITT", "LATE", "descriptive"]
Role = Literal["headline", "beside", "registered", "exploratory", "reference"]
Direction = Literal["increase", "decrease"]
CheckResult = Literal["passed", "failed", "uninformative", "not_run"]
Word = Literal[
    "not estimable", "shown benefit", "shown harm", "ruled out", "not detectable", "inconclusive"
]
ColumnRole = Literal[
    "treatment",
    "arm",
    "received",
    "cluster",
    "stratum",
    "covariate",
    "weight",
    "probability",
    "time",
    "unit",
    "subgroup",
    "start",
    "concurrent",
]
CellType = Literal["text", "integer", "number", "share", "money", "boolean"]
Cell = str | int | float | bool | None
Localised = Mapping[str, str]

LANGUAGES: tuple[str, ...] = get_args(Language)

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Address = Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=500)]
Text = Annotated[
    str | dict[Language, str],
    Field(description="Text in the study's language, or {en: …, nb: …, nn: …, sv: …}."),
]


class Strict(BaseModel):
    """A frozen model that refuses keys it does not know and shows no input in its errors."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True
    )


class Reference(Strict):
    """Where something was published or read."""

    title: Text = Field(description="Title of the page, report or article.")
    author: str | None = Field(default=None, max_length=300, description="Who wrote it.")
    url: Address | None = Field(default=None, description="Its address, https only.")
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] | None = Field(
        default=None, description="When it was published: year, year-month or full date."
    )
    page: str | None = Field(default=None, max_length=40, description="Page, table or section.")


@dataclass(frozen=True, slots=True)
class Estimand:
    """What is being estimated, declared before any data are seen.

    Attributes
    ----------
    summary : {"ATE", "ATT", "ATO", "ITT", "LATE", "descriptive"}
        Whose effect it is.
    outcome : str
        Column that holds the outcome.
    unit : str
        Unit of the outcome, for example ``"USD/year"``.
    """

    summary: Summary
    outcome: str
    unit: str


@dataclass(frozen=True, slots=True)
class Settings:
    """How an analysis estimates: all that its design may be asked beyond its own fields.

    Attributes
    ----------
    adjustment : {"none", "additive", "interacted"} or None
        How covariates enter; ``None`` leaves the choice to the design's default.
    std_errors : tuple of str
        Names of the covariance estimators: the first stands in the headline, the others
        beside it. Empty means the design's default.
    conf_level : float
        Coverage probability of intervals, in (0, 1).
    seed : tuple of int
        Entropy of the analysis's own random streams.
    draws : int
        Draws of each bootstrap and of each randomisation test that cannot be exact.
    subgroups : tuple of str
        Columns whose levels are compared by how much the effect differs between them.
    probability : str, float or None
        Column with, or single value of, each unit's probability of being treated.
    family : tuple of int or None
        Entropy of the random stream that all outcomes tested together share; ``None`` where
        the outcome is tested alone.
    smallest_worthwhile : float or None
        Smallest effect worth having, above 0, in the outcome's unit.
    outcome_range : tuple of float or None
        Lowest and highest value that the outcome can have, where the dictionary declares both.
    headline_only : bool
        Whether the headline row is all that is wanted, as in simulations; it is the same.
    """

    adjustment: Literal["none", "additive", "interacted"] | None = None
    std_errors: tuple[str, ...] = ()
    conf_level: float = 0.95
    seed: tuple[int, ...] = (0,)
    draws: int = 9999
    subgroups: tuple[str, ...] = ()
    probability: str | float | None = None
    family: tuple[int, ...] | None = None
    smallest_worthwhile: float | None = None
    outcome_range: tuple[float, float] | None = None
    headline_only: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with its uncertainty; the same fields for every design.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high : float
        In ``unit``.
    conf_level : float
        Coverage probability of the limits, in (0, 1).
    df : float or None
        Degrees of freedom of the reference t distribution; ``None`` is normal.
    p_value : float or None
        Two-sided, of no effect; ``None`` where the method has none.
    n_obs, n_treated : int
        Rows used, and how many of them are treated.
    n_clusters : int or None
        Assigned clusters used; ``None`` where individuals were assigned.
    method, std_error_method : str
        How each was computed, such as ``"difference in means"`` and ``"HC2"``.
    unit : str
        Unit of the outcome.
    estimand : str
        Whose effect it is.
    term : str
        ``"overall"``, or a part of the effect, such as ``"event_time=-2"``.
    role : {"headline", "beside", "registered", "exploratory", "reference"}
        How the book may use the row.
    scale : str
        ``"difference"`` or ``"ratio"``.
    interval_method : str or None
        How the limits and the p-value were found, where not from ``std_error`` and ``df``
        alone, such as ``"hull of CR2 and randomisation"``.
    call_r, call_stata : str or None
        The call in R and in Stata that gives the same number.
    family : str or None
        Outcomes that were tested together.
    p_adjusted : float or None
        The p-value adjusted for the size of the family.
    band_low, band_high : float or None
        Limits that all rows of one curve keep together, such as an event study's.
    analysis, design, outcome : str
        Filled in by ``run`` from the study.
    alternative : str or None
        Key of the declared alternative that the row answers for; ``None`` for the analysis itself.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    n_obs: int
    n_treated: int
    method: str
    std_error_method: str
    unit: str
    estimand: str
    conf_level: float = 0.95
    df: float | None = None
    p_value: float | None = None
    n_clusters: int | None = None
    term: str = "overall"
    role: Role = "headline"
    scale: str = "difference"
    interval_method: str | None = None
    call_r: str | None = None
    call_stata: str | None = None
    family: str | None = None
    p_adjusted: float | None = None
    band_low: float | None = None
    band_high: float | None = None
    analysis: str = ""
    design: str = ""
    outcome: str = ""
    alternative: str | None = None

    def row(self) -> dict[str, Cell]:
        """Return the estimate as one flat row, without what is absent."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Check:
    """One diagnostic. Only ``"passed"`` supports a claim.

    Attributes
    ----------
    name : str
        Which check, such as ``"balance"``.
    result : {"passed", "failed", "uninformative", "not_run"}
        What it found; ``"uninformative"`` when it had little power to find a fault.
    text : str
        One English sentence with the figures behind the result, from a template whose slots
        are released numbers.
    table : str or None
        Id of the table that shows it.
    analysis : str
        Filled in by ``run``.
    """

    name: str
    result: CheckResult
    text: str
    table: str | None = None
    analysis: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
        Key in each row.
    type : {"text", "integer", "number", "share", "money", "boolean"}
        How its cells are written; a share is in 0..1.
    label : mapping of str to str
        Heading by language; English always.
    unit : str or None
        Unit of its numbers.
    """

    name: str
    type: CellType
    label: Localised
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An array that a page or a figure may show, once the gate has released it.

    Attributes
    ----------
    id : str
        Unique within its analysis, such as ``"balance"``; ``run`` prefixes the analysis.
    kind : str
        Which rule of the gate it falls under.
    columns : tuple of Column
        Its columns, in order.
    rows : tuple of mapping
        One mapping from column name to cell for each row; absent cells are unknown.
    analysis : str
        Filled in by ``run``.
    """

    id: str
    kind: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Cell], ...]
    analysis: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said about one outcome, and how high the claim reaches.

    Attributes
    ----------
    outcome : str
        Name of the outcome.
    verdict : str
        A word of the closed vocabulary.
    rung : int
        Step of the claims ladder, 0 to 6.
    because : tuple of str
        Reasons, such as the checks that hold it down.
    detectable : float or None
        Effect that the study finds with 80 % power, in the outcome's unit.
    """

    outcome: str
    verdict: Word
    rung: int
    because: tuple[str, ...] = ()
    detectable: float | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A number that was asked for and that the method cannot support.

    Attributes
    ----------
    analysis : str
        Which analysis asked for it.
    code : str
        Stable name of the reason, such as ``"no_comparison"``.
    why : str
        What the data or the design lack.
    fix : str
        What would make the number estimable.
    """

    analysis: str
    code: str
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a study concluded: all that the book may read; the content of ``finding.json``.

    Attributes
    ----------
    id : str
        The study's stable key.
    study : mapping
        Its public text by language, parsed prose, outcomes, facts and plan; JSON-ready.
    data_kind : {"public", "dummy", "restricted"} or None
        What the numbers rest on; ``None`` where there are no data.
    stage : {"planned", "registered", "running", "final"}
        How far the study is.
    outcome : {"planned", "complete", "partly_refused", "refused"}
        How much of what was asked for could be computed.
    verdicts, estimates, checks, tables, refusals : tuple
        The released results.
    provenance : mapping of str to str
        Hashes of definition, data, lock and package source.
    released : mapping
        ``{"profile": …, "hidden": …}``.
    """

    id: str
    study: Mapping[str, object]
    data_kind: DataKind | None
    stage: Stage
    outcome: Completeness
    verdicts: tuple[Verdict, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    checks: tuple[Check, ...] = ()
    tables: tuple[Table, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    released: Mapping[str, Cell] = field(default_factory=dict)
