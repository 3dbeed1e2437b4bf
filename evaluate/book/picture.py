"""A figure on a page: its title as text, drawn light and dark, wide and narrow, with its numbers."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from docutils import nodes

from evaluate.book.view import View
from evaluate.book.write import table

Keep = Callable[[str, str], str]
_THEMES = ("light", "dark")


class Drawing(nodes.General, nodes.Element):
    """A figure that waits for its page: the builder draws it and gives it an address."""


def figure(view: View, kind: str) -> Iterator[nodes.Node]:
    """Yield a figure of a finding, or nothing where it has not the tables for it.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    kind : str
        Which figure, such as ``"forest"``.
    """
    from evaluate.book.figures import draw

    drawn = draw(kind, view.finding, language=view.language)
    if drawn is None:
        return
    numbers = table(drawn.title, drawn.header, drawn.rows, "ev-figure-table")
    node = Drawing("", numbers, kind=kind, title=drawn.title, subtitle=drawn.subtitle)
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
    subtitle = f'<p class="ev-figure-sub">{html.escape(node["subtitle"])}</p>'
    return (
        f'<figure class="ev-figure ev-figure-{html.escape(node["kind"])}">'
        f"<figcaption>{html.escape(node['title'])}</figcaption>{subtitle}{pictures}"
        f'<details class="ev-data"><summary>{html.escape(node["label"])}</summary>'
        f'<div class="ev-scroll" role="region" tabindex="0" '
        f'aria-label="{html.escape(node["label"])}: {html.escape(node["title"])}">'
    )


CLOSING = "</div></details></figure>"


def _picture(view: View, node: Drawing, theme: str, keep: Keep) -> str:
    from evaluate.book.figures import draw

    addresses, size = [], (682, 300)
    for narrow in (False, True):
        drawn = draw(node["kind"], view.finding, theme=theme, narrow=narrow, language=view.language)
        if drawn is None:
            return ""
        name = f"{view.finding.id}-{node['kind']}-{theme}{'-narrow' if narrow else ''}.svg"
        addresses.append(html.escape(keep(name, drawn.svg)))
        size = size if narrow else _size(drawn.svg)
    return (
        f'<picture class="only-{theme}"><source media="(max-width: 600px)" srcset="{addresses[1]}">'
        f'<img src="{addresses[0]}" width="{size[0]}" height="{size[1]}" loading="lazy" '
        f'alt="{html.escape(node["alt"])}"></picture>'
    )


def _size(svg: str) -> tuple[int, int]:
    """Return a drawing's size in CSS pixels: matplotlib writes points."""
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    if found is None:
        return 682, 300
    width, height = (round(float(one) * 96 / 72) for one in found.groups())
    return width, height
