"""The shape of a record in ``study.yaml``: a table that methods read as it is."""

from __future__ import annotations

from pydantic import Field, model_validator

from evaluate.core import DataKind
from evaluate.data.definition import RelativePath, Source

_OF_SOURCE = ("path", "database", "table", "encoding", "delimiter", "decimal", "date_format")


class Record(Source):
    """One table of segments, ratings, goals, ties or places, joined to nothing."""

    kind: DataKind = Field(description="What its rows are; decides what may be released.")
    dummy: RelativePath | None = Field(
        default=None, description="Dummy rows in place of restricted ones, for `run --dummy`."
    )

    @model_validator(mode="after")
    def _dummy_for_restricted(self) -> Record:
        if self.dummy is not None and self.kind != "restricted":
            raise ValueError(
                "dummy rows stand in only for restricted ones; delete `dummy`, or set"
                " `kind: restricted`"
            )
        if self.dummy is not None and self.dummy == self.path:
            raise ValueError(
                "dummy rows lie where restricted ones do; name another place under `dummy`"
            )
        return self

    @property
    def source(self) -> Source:
        """Return where the rows lie, without what they are."""
        given = {key: getattr(self, key) for key in _OF_SOURCE if key in self.model_fields_set}
        return Source(**given)

    def in_dummy_form(self) -> Record:
        """Return the same record with the dummy rows in place of the restricted ones."""
        if self.dummy is None:
            return self
        gone = dict.fromkeys(("database", "table", "dummy"))
        return self.model_copy(update={**gone, "path": self.dummy, "kind": "dummy"})
