"""The gate's rules for tables of methods: those that count people, and those that do not."""

from __future__ import annotations

from collections.abc import Mapping

from evaluate.disclosure.rule import Rule, public

METHOD_RULES: Mapping[str, Rule] = {
    "ladder": public,
}
