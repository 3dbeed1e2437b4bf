"""What every page of a study shares: the banner on top, and links that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from docutils import nodes

from evaluate.book.view import View
from evaluate.book.write import box, paragraph


def banner(view: View, *, account: bool = False) -> Iterator[nodes.Node]:
    """Yield what a reader must know before anything else: invented data, or none yet.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    account : bool
        Whether the page holds the account alone, which may rest on no row of the study.
    """
    if view.finding.data_kind == "dummy" and account and not _rests_on_rows(view):
        yield box([paragraph(view.words("banner.dummy_apart"))], "ev-banner", "ev-warning")
    elif view.finding.data_kind == "dummy" and _only_in_parts(view):
        yield box([paragraph(view.words("banner.dummy_parts"))], "ev-banner", "ev-warning")
    elif view.finding.data_kind == "dummy":
        yield box([paragraph(view.words("banner.dummy"))], "ev-banner", "ev-warning")
    elif view.planned:
        yield box([paragraph(view.words("banner.planned"))], "ev-banner")


def _rests_on_rows(view: View) -> bool:
    """Return whether an account values an effect of the study's own rows."""
    spec = view.study.get("economics") or {}
    effects = spec.get("effects") or {}
    return "analysis" in spec or any("analysis" in one for one in effects.values())


def without_rows(view: View) -> View:
    """Return a view of what rests on no row of a planned study, whatever its methods read."""
    if not view.planned:
        return view
    return replace(view, finding=replace(view.finding, data_kind=None))


def _only_in_parts(view: View) -> bool:
    """Return whether invented rows stand beside analyses that rest on none."""
    kinds = {one.get("data_kind") for one in view.study.get("methods", {}).values()}
    return bool(kinds - {"dummy"})


def live(page: nodes.section) -> nodes.section:
    """Turn links to places that this page has not into words; name the others by heading."""
    known = {one: node for node in page.findall(nodes.Element) for one in node["ids"]}
    for one in list(page.findall(nodes.reference)):
        if "refid" not in one:
            continue
        target = known.get(one["refid"])
        if target is None:
            one.replace_self(one.children)
        elif isinstance(target, nodes.section) and one.astext() == one["refid"]:
            one.children = [nodes.Text(target[0].astext())]
    return page
