"""All studies side by side: cards of those with results, the planned ones, the whole list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from evaluate.book.account_reading import cost_of
from evaluate.book.lead import doubts, outcome_title
from evaluate.book.picture import figure
from evaluate.book.plan import locked
from evaluate.book.power import detectable
from evaluate.book.sources import findings, outdated
from evaluate.book.view import View
from evaluate.book.write import Content, box, marked, paragraph, strong, table

Views = dict[str, View]
_DASH = "–"


class Listing(SphinxDirective):
    """A block made from every finding of the book."""

    make: Callable[[Views], Iterator[nodes.Node]]

    def run(self) -> list[nodes.Node]:
        """Return the block; the page is built again when a finding changes."""
        found = findings(self.env)
        views = {slug: View(one, self.config.language) for slug, one in found.items()}
        return list(type(self).make(views))


def to_study(slug: str, content: Content) -> nodes.Node:
    """Return a link to a study's chapter."""
    inner = marked(content)
    return pending_xref(
        "", inner, refdomain="std", reftype="doc", reftarget=f"/studies/{slug}", refexplicit=True
    )


def lead(views: Views) -> Iterator[nodes.Node]:
    """Yield what is known in one paragraph: how many studies say what."""
    if not views:
        return
    w = next(iter(views.values())).words
    invented = [one for one in views.values() if one.finding.data_kind == "dummy"]
    done = [one for one in views.values() if not one.planned and one not in invented]
    planned = sum(one.planned for one in views.values())
    pieces: list[Content] = [w("catalogue.count", done=len(done), planned=planned)]
    if invented:
        pieces += [" ", w("catalogue.dummy", n=len(invented))]
    for view in done:
        found = view.lead()
        if found is not None:
            title = view.texts(view.study["title"])
            word = w(f"verdict.{found[0].verdict}").lower()
            pieces += [" ", title, ": ", strong(word), f" ({', '.join(doubts(view))})."]
    yield paragraph(pieces, "ev-lead")


def cards(views: Views) -> Iterator[nodes.Node]:
    """Yield a card for each study with results, in the order of their names: none is ranked."""
    yield box((_card(slug, one) for slug, one in views.items() if not one.planned), "ev-cards")


def _card(slug: str, view: View) -> nodes.Node:
    w, found = view.words, view.lead()
    title = paragraph(strong(to_study(slug, view.texts(view.study["title"]))), "ev-card-title")
    parts: list[nodes.Node] = [paragraph(_eyebrow(view), "ev-eyebrow"), title]
    parts += _strip(view)
    trio = [_effect(view), _cost(view)]
    word = w(f"verdict.{found[0].verdict}") if found else w("verdict.not estimable")
    trio.append((w("facts.claim"), word.lower(), ", ".join(doubts(view))))
    parts.append(box((_cell(*one) for one in trio), "ev-trio"))
    return box(parts, "ev-card")


def _eyebrow(view: View) -> str:
    given = view.study["intervention"]
    kinds = ", ".join(view.words(f"class.{one}") for one in given["class"])
    places = ", ".join(map(view.texts.plain, view.study["programme"].get("country", ())))
    kind = view.words(f"kind.{view.finding.data_kind}") if view.finding.data_kind else ""
    return " · ".join(one for one in (kinds.capitalize(), places, kind) if one)


def _strip(view: View) -> list[nodes.Node]:
    return [box(figure(view, "card", bare=True), "ev-range")]


def _effect(view: View) -> tuple[str, str, str]:
    found = view.lead()
    label = view.words("facts.effect")
    if found is None or found[1] is None:
        why = "; ".join(found[0].because) if found else ""
        return label, view.words("verdict.not estimable").lower(), why
    row = found[1]
    span = view.interval(row.conf_low, row.conf_high, row.unit)
    title = f"{outcome_title(view, row.outcome)}, {span}"
    return label, view.effect(row.estimate, row.unit), title


def _cost(view: View) -> tuple[str, str, str]:
    label, cost = view.words("facts.cost"), cost_of(view)
    if cost is None:
        return label, _DASH, view.words("catalogue.no_account")
    year = view.study["economics"]["price_year"]
    return label, view.money(cost), view.words("facts.per_participant", year=year)


def _cell(label: str, value: str, under: str) -> nodes.Node:
    lines = [paragraph(label, "ev-fact-label"), paragraph(strong(value), "ev-fact-value")]
    if under:
        lines.append(paragraph(under, "ev-fact-under"))
    return box(lines, "ev-fact")


def planned(views: Views) -> Iterator[nodes.Node]:
    """Yield the table of planned studies: what each would be compared with, measure and find."""
    rows = {slug: one for slug, one in views.items() if one.planned}
    if rows:
        w = next(iter(views.values())).words
        powered = any(detectable(one, one.primary) is not None for one in rows.values())
        keys = ("study", "idea", "outcome", "detectable")[: 4 if powered else 3]
        cells = (_planned(slug, one)[: len(keys)] for slug, one in rows.items())
        yield table(w("catalogue.planned"), [w(f"catalogue.{one}") for one in keys], cells)


def _planned(slug: str, view: View) -> Sequence[Content]:
    title = to_study(slug, view.texts(view.study["title"]))
    first, size = view.outcome(view.primary), detectable(view, view.primary)
    found = _DASH if size is None else view.effect(size, str(first["unit"]), sign=False)
    who = view.texts(view.study["comparison"]["who"])
    return [title, who, view.texts(first["title"]), found]


def everything(views: Views) -> Iterator[nodes.Node]:
    """Yield every study of the book in one table."""
    if not views:
        return
    w = next(iter(views.values())).words
    keys = ("study", "status", "country", "class", "levels", "says")
    head = [w(f"catalogue.{one}") for one in keys]
    yield table(w("catalogue.all"), head, (_row(slug, one) for slug, one in views.items()))


def _row(slug: str, view: View) -> Sequence[Content]:
    w, given = view.words, view.study["intervention"]
    status = [w(f"status.{view.finding.stage}")]
    if view.finding.data_kind:
        status.append(w(f"kind.{view.finding.data_kind}"))
    if locked(view):
        status.append(w("plan.badge"))
    return [
        to_study(slug, view.texts(view.study["title"])),
        ", ".join(status),
        ", ".join(map(view.texts.plain, view.study["programme"].get("country", ()))) or _DASH,
        ", ".join(w(f"class.{one}") for one in given["class"]),
        ", ".join(w(f"level.{one}") for one in given["levels"]),
        _says(view),
    ]


def _says(view: View) -> str:
    """Return a study's verdict; one on dummy data has nothing to say."""
    found = view.lead()
    if view.finding.data_kind == "dummy":
        return view.words("kind.dummy")
    return view.words(f"verdict.{found[0].verdict}" if found else "verdict.planned")


class DesignUse(SphinxDirective):
    """``{design-use} NAME``: the studies of the book that use a design."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a list of links, or a sentence that there is none."""
        views = {k: View(v, self.config.language) for k, v in findings(self.env).items()}
        using = [
            nodes.list_item("", paragraph(to_study(slug, one.texts(one.study["title"]))))
            for slug, one in views.items()
            if self.arguments[0] in {row.design for row in one.finding.estimates}
        ]
        return [nodes.bullet_list("", *using)] if using else []


def _listing(make: Callable[[Views], Iterator[nodes.Node]]) -> type[Listing]:
    return type(make.__name__.title(), (Listing,), {"make": staticmethod(make)})


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.connect("env-get-outdated", outdated)
    app.add_directive("landing-lead", _listing(lead))
    app.add_directive("finished-studies", _listing(cards))
    app.add_directive("planned-studies", _listing(planned))
    app.add_directive("catalogue", _listing(everything))
    app.add_directive("design-use", DesignUse)
