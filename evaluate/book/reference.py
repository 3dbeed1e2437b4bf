"""A source as pages name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluate.book.view import View
from evaluate.book.write import Content, link


def source(view: View, given: Mapping[str, Any]) -> list[Content]:
    """Return a source: who, title with its link, date and page."""
    title = given.get("title", given.get("source"))
    if not title:
        return []
    text = view.texts(title) if isinstance(title, Mapping) else str(title)
    parts: list[Content] = [f"{given['author']}: "] if "author" in given else []
    parts.append(link(text, str(given["url"])) if "url" in given else text)
    after = [str(given[key]) for key in ("date", "page") if key in given]
    return [*parts, f" ({', '.join(after)})"] if after else parts
