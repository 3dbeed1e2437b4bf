"""What a YAML file says, and on which line it says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evaluate.study.syntax import Fault

Key = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """What one YAML file says, and where.

    Attributes
    ----------
    value : dict or None
        Its keys and values; ``None`` where the file could not be read to the end.
    lines : mapping of tuple to int
        Line of each key and list item, from 1.
    written : mapping of tuple to str
        Numbers as they were typed.
    broken : set of tuple
        Places whose value has a fault already.
    faults : list of Fault
        All that is wrong.
    """

    value: dict[str, object] | None = None
    lines: dict[Key, int] = field(default_factory=lambda: {(): 1})
    written: dict[Key, str] = field(default_factory=dict)
    broken: set[Key] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def line(self, key: Key) -> int:
        """Return the line of a place, or of the nearest place around it."""
        return nearest(self.lines, key)


def nearest(lines: Mapping[Key, int], key: Key) -> int:
    """Return the line of ``key``, or of the nearest place around it that has one."""
    while key not in lines:
        key = key[:-1]
    return lines[key]
