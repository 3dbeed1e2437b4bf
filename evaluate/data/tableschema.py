"""The dictionary as a Frictionless Table Schema, for other tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluate.data.variable import Levels, Period, Range, Value, Variable

_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
_TYPES = {"text": "string", "category": "string", "period": "string"}


def table_schema(variables: Mapping[str, Variable]) -> dict[str, Any]:
    """Return variables as a Table Schema (Data Package 2.0), JSON-ready.

    Parameters
    ----------
    variables : mapping of str to Variable
        As ``Dictionary.variables`` gives them.

    References
    ----------
    Data Package Standard 2.0, Table Schema. ``unit`` and ``source`` are custom properties.
    """
    return {"$schema": _PROFILE, "fields": [_field(one) for one in variables.values()]}


def _field(variable: Variable) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": variable.name,
        "type": _TYPES.get(variable.type, variable.type),
        "description": variable.description,
        "missingValues": ["", *variable.missing],
    }
    if variable.unit:
        field["unit"] = variable.unit
    if variable.source:
        field["source"] = variable.source
    if variable.type == "boolean":
        field |= {"trueValues": ["1", "true", "TRUE"], "falseValues": ["0", "false", "FALSE"]}
    constraints = _constraints(variable)
    if constraints:
        field["constraints"] = constraints
    if isinstance(variable.values, Levels) and any(variable.values.labels):
        field["categories"] = [
            {"value": _json(value), "label": label}
            for value, label in zip(variable.values.values, variable.values.labels, strict=True)
        ]
    return field


def _constraints(variable: Variable) -> dict[str, Any]:
    allowed = variable.values
    if isinstance(allowed, Levels):
        return {"enum": [_json(value) for value in allowed.values]}
    if isinstance(allowed, Range) and variable.type != "period":
        ends = {"minimum": allowed.low, "maximum": allowed.high}
        return {key: _json(end) for key, end in ends.items() if end is not None}
    return {}


def _json(value: Value) -> bool | int | float | str:
    if isinstance(value, (bool, int, float, str)):
        return value
    return str(value) if isinstance(value, Period) else value.isoformat()
