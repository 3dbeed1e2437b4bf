"""Strict YAML: text stays text, every value has a line, and nothing may expand or hide."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from evaluate.study.document import Document, Key
from evaluate.study.scalars import BROKEN, fault_in, read_plain
from evaluate.study.syntax import Fault, shorten, syntax_fault

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
# A definition has a few hundred values. The bound keeps hostile files below a second.
MAX_VALUES = 20_000
_DROPPED = object()


@dataclass(slots=True)
class _Frame:
    """A block or list that is being read; ``path`` is ``None`` where its content is dropped."""

    value: dict[str, object] | list[object]
    path: Key | None
    is_key: bool = False
    key: object = None
    seen: dict[str, int] = field(default_factory=dict)


class _EndError(Exception):
    """Nothing after this place can be read."""


class _Builder:
    """Builds a document from events, with a stack of its own, so that depth costs nothing."""

    def __init__(self) -> None:
        self.document = Document()
        self.stack: list[_Frame] = []
        self.values = 0
        self.quoted: tuple[int, int] | None = None
        self.roots = 0

    def fault(self, event: yaml.Event, what: str, why: str, fix: str) -> None:
        self.document.faults.append(Fault(_line(event), what, why, fix))

    def take(self, event: yaml.Event) -> None:
        """Take one event of the parser."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._start_document(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.NodeEvent):
            self._count(event)
            if self._expects_key():
                self._take_key(event)
            else:
                self._take_value(event)

    def _start_document(self, event: yaml.DocumentStartEvent) -> None:
        self.roots += 1
        if self.roots > 1:
            self.fault(
                event,
                "a second document begins with `---`",
                "one file holds one study, and the second would be lost without a word",
                "keep one document, and put another study in a folder of its own",
            )
            raise _EndError

    def _count(self, event: yaml.Event) -> None:
        self.values += 1
        if self.values > MAX_VALUES:
            self.fault(
                event,
                f"the file holds more than {MAX_VALUES} values",
                "a study definition is written and read by people",
                "keep rows in the data and only their description here",
            )
            raise _EndError

    def _expects_key(self) -> bool:
        return (
            bool(self.stack)
            and isinstance(self.stack[-1].value, dict)
            and self.stack[-1].key is None
        )

    def _take_key(self, event: yaml.NodeEvent) -> None:
        frame = self.stack[-1]
        self._forbid_marks(event)
        if isinstance(event, yaml.CollectionStartEvent):
            self.fault(
                event,
                "a list or block stands where a key belongs",
                "a key names one field",
                "write a name before the colon; put text with `{` or `[` in quotes",
            )
            self._open(event, None, is_key=True)
            return
        key = getattr(event, "value", "")
        plain = getattr(event, "style", None) is None
        frame.key = self._checked_key(event, frame, key, plain=plain)

    def _checked_key(self, event: yaml.Event, frame: _Frame, key: str, *, plain: bool) -> object:
        if isinstance(event, yaml.AliasEvent):
            return _DROPPED
        if plain and key == "<<":
            why = "a reader should see each value where it is used"
            self.fault(event, "`<<` merges another block in", why, "write the keys out")
            return _DROPPED
        if not key.strip() or (plain and key == "~") or fault_in(key):
            what, fix = "a key is empty or not plain text", "write a name before the colon"
            self.fault(event, what, "a key names one field", fix)
            return _DROPPED
        if key in frame.seen:
            self.fault(
                event,
                f"`{shorten(key)}` stands here again, after line {frame.seen[key]}",
                "one of the two values would be lost without a word",
                "keep one of them",
            )
            return _DROPPED
        frame.seen[key] = _line(event)
        if frame.path is not None:
            self.document.lines[(*frame.path, key)] = _line(event)
        return key

    def _take_value(self, event: yaml.NodeEvent) -> None:
        path = self._path(event)
        marked = self._forbid_marks(event)
        if marked and path is not None:
            self.document.broken.add(path)
        if isinstance(event, yaml.CollectionStartEvent):
            self._open(event, path)
            return
        value: object = BROKEN
        if isinstance(event, yaml.ScalarEvent) and not marked:
            value = self._scalar(event, path)
        if value is BROKEN:
            if path is not None:
                self.document.broken.add(path)
            value = None
        self._put(value)

    def _scalar(self, event: yaml.ScalarEvent, path: Key | None) -> object:
        text = event.value
        found = fault_in(text, plain=event.style is None, name=_name(path))
        if found is not None:
            self.fault(event, *found)
            return BROKEN
        if event.style is not None:
            self._remember_quote(event)
            return text
        value = read_plain(text)
        if path is not None and isinstance(value, int | float) and not isinstance(value, bool):
            self.document.written[path] = text
        return value

    def _remember_quote(self, event: yaml.ScalarEvent) -> None:
        """Keep the lines of a quoted text of several lines: its end may be another's beginning."""
        if event.style in ("'", '"') and event.start_mark and event.end_mark:
            self.quoted = (event.start_mark.line + 1, event.end_mark.line + 1)

    def _path(self, event: yaml.Event) -> Key | None:
        if not self.stack:
            return ()
        frame = self.stack[-1]
        if frame.path is None or frame.key is _DROPPED:
            return None
        if isinstance(frame.value, list):
            path = (*frame.path, len(frame.value))
            self.document.lines[path] = _line(event)
            return path
        return (*frame.path, str(frame.key))

    def _forbid_marks(self, event: yaml.NodeEvent) -> bool:
        if isinstance(event, yaml.AliasEvent):
            what, fix = (
                f"`*{shorten(str(event.anchor))}` repeats another value",
                "write the value out",
            )
        elif event.anchor is not None:
            what = f"`&{shorten(str(event.anchor))}` names a value for repetition"
            fix = "delete the mark; put text that begins with `&` in quotes"
        elif getattr(event, "tag", None) is not None:
            what = "`!` gives a value a type of its own"
            fix = "delete the mark; put text that begins with `!` in quotes"
        else:
            return False
        why = "a few lines of marks can stand for gigabytes or for code; values are written out"
        self.fault(event, what, why, fix)
        return True

    def _open(self, event: yaml.Event, path: Key | None, *, is_key: bool = False) -> None:
        if len(self.stack) == MAX_DEPTH:
            self.fault(
                event,
                f"blocks and lists are nested more than {MAX_DEPTH} deep",
                "no part of a study definition is",
                "close the brackets, or line up the keys",
            )
            raise _EndError
        value: dict[str, object] | list[object]
        value = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append(_Frame(value, path, is_key))

    def _close(self) -> None:
        frame = self.stack.pop()
        if frame.is_key:
            self.stack[-1].key = _DROPPED
        else:
            self._put(frame.value)

    def _put(self, value: object) -> None:
        if not self.stack:
            self.document.value = value if isinstance(value, dict) else None
            return
        frame = self.stack[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
            return
        if frame.key is not _DROPPED:
            frame.value[str(frame.key)] = value
        frame.key = None


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark is not None else 1


def _name(path: Key | None) -> str:
    if not path:
        return ""
    return str(path[-1]) if isinstance(path[-1], str) else f"item {path[-1] + 1}"


def parse(text: str) -> Document:
    """Return what a YAML text says, with the line of each value and all faults.

    Parameters
    ----------
    text : str
        The content of one file.

    Returns
    -------
    Document
        Its ``value`` is ``None`` exactly where nothing could be made of the text.
    """
    builder = _Builder()
    document = builder.document
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except _EndError:
        document.value = None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML lets ValueError through for \U escapes and versions outside their range.
        document.value = None
        document.faults.append(syntax_fault(error, text, builder.quoted))
    if document.value is None and not document.faults:
        document.faults.append(
            Fault(
                1,
                "there are no `key: value` lines",
                "a study definition is a block of keys that begins with `version: 1`",
                "write one with `evaluate new SLUG --design NAME`",
            )
        )
    return document
