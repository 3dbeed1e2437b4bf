"""A figure on a page: its title as text, drawn light and dark, wide and narrow, with its numbers."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Literal

from docutils import nodes

from evaluate.book.view import View
from evaluate.book.write import table

Keep = Callable[[str, str], str]
Theme = Literal["light", "dark"]
_THEMES: tuple[Theme, ...] = ("light", "dark")


class Drawing(nodes.General, nodes.Element):
    """A figure that waits for its page: the builder draws it and gives it an address."""


def figure(view: View, kind: str, *, bare: bool = False, part: str = "") -> Iterator[nodes.Node]:
    """Yield a figure of a finding, or nothing where it has not the tables for it.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    kind : str
        Which figure, such as ``"forest"``.
    bare : bool
        Whether only the picture is shown, where its numbers stand in words beside it.
    part : str
        Analysis that the figure is of, where a page holds several of one kind.
    """
    from evaluate.book.figures import draw, kinds

    drawn = draw(kind, view.finding, language=view.language) if kind in kinds() else None
    if drawn is None:
        return
    numbers = [table(drawn.title, drawn.header, drawn.rows, "ev-figure-table")]
    node = Drawing("", *([] if bare else numbers), kind=kind, title=drawn.title, bare=bare)
    node["subtitle"], node["part"] = drawn.subtitle, part
    node["view"], node["alt"], node["label"] = view, drawn.alt, view.words("figure.numbers")
    yield node


def opening(node: Drawing, keep: Keep) -> str:
    """Return the HTML before a figure's table of numbers.

    Parameters
    ----------
    node : Drawing
        The figure.
    keep : callable
        ``(name, svg) -> address``; stores a drawing and returns its address from the page.
    """
    view: View = node["view"]
    pictures = "".join(_picture(view, node, theme, keep) for theme in _THEMES)
    if node["bare"]:
        return f'<div class="ev-picture">{pictures}'
    subtitle = f'<p class="ev-figure-sub">{html.escape(node["subtitle"])}</p>'
    return (
        f'<figure class="ev-figure ev-figure-{html.escape(node["kind"])}">'
        f"<figcaption>{html.escape(node['title'])}</figcaption>{subtitle}{pictures}"
        f'<details class="ev-data"><summary>{html.escape(node["label"])}</summary>'
        f'<div class="ev-scroll" role="region" tabindex="0" '
        f'aria-label="{html.escape(node["label"])}: {html.escape(node["title"])}">'
    )


def closing(node: Drawing) -> str:
    """Return the HTML after a figure's table of numbers."""
    return "</div>" if node["bare"] else "</div></details></figure>"


def _picture(view: View, node: Drawing, theme: Theme, keep: Keep) -> str:
    """Return a drawing for a theme: wide and, below 600 pixels, narrow; beside words narrow only."""
    narrow, size = _drawn(view, node, theme, keep, narrow=True)
    source, shown = "", narrow
    if not node["bare"]:
        shown, size = _drawn(view, node, theme, keep, narrow=False)
        source = f'<source media="(max-width: 600px)" srcset="{narrow}">'
    return (
        f'<picture class="only-{theme}">{source}'
        f'<img src="{shown}" width="{size[0]}" height="{size[1]}" loading="lazy" '
        f'alt="{html.escape(node["alt"])}"></picture>'
    )


def _drawn(
    view: View, node: Drawing, theme: Theme, keep: Keep, *, narrow: bool
) -> tuple[str, tuple[int, int]]:
    """Return the address and the size of one drawing."""
    from evaluate.book.figures import draw

    drawn = draw(node["kind"], view.finding, theme=theme, narrow=narrow, language=view.language)
    if drawn is None:  # the same tables gave a drawing when the page was read
        raise LookupError(node["kind"])
    whose = "-".join((view.finding.id, *([node["part"]] if node["part"] else []), node["kind"]))
    name = f"{whose}-{theme}{'-narrow' if narrow else ''}.svg"
    return html.escape(keep(name, drawn.svg)), _size(drawn.svg)


def _size(svg: str) -> tuple[int, int]:
    """Return a drawing's size in CSS pixels: matplotlib writes points."""
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    if found is None:
        return 682, 300
    width, height = (round(float(one) * 96 / 72) for one in found.groups())
    return width, height
