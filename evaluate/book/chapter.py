"""A study's chapter in the order of a reader's questions, built from its finding alone."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from evaluate.book import folded
from evaluate.book.checklists import checklists, effect_sizes
from evaluate.book.evidence import sure
from evaluate.book.inquiry import inquiry
from evaluate.book.lead import facts, lead
from evaluate.book.money import money
from evaluate.book.page import banner, live, without_rows
from evaluate.book.picture import Drawing, closing, figure, opening
from evaluate.book.plan import changes, first_screen
from evaluate.book.power import power
from evaluate.book.programme import comparison, done, outcomes, programme, published
from evaluate.book.prose import UnknownNumberError, prose, references
from evaluate.book.results import all_numbers, results
from evaluate.book.sources import finding
from evaluate.book.view import View
from evaluate.book.write import paragraph, section, strong, table


class Study(SphinxDirective):
    """``{study} SLUG``: the whole chapter of a study."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the chapter as one section under its question."""
        view = View(finding(self.env, self.arguments[0]), self.config.language)
        titles = self.env.temp_data.setdefault("evaluate_titles", {})
        titles[self.env.docname] = view.texts.plain(view.study["title"])
        try:
            return [chapter(view)]
        except UnknownNumberError as missing:
            what = f"{self.arguments[0]}: its text points to {missing}, which is not there"
            raise self.error(what) from None


def chapter(view: View) -> nodes.section:
    """Return the chapter of a study.

    Parameters
    ----------
    view : View
        The finding and the page's language.

    Raises
    ------
    UnknownNumberError
        If the prose points to a number that the finding does not hold.
    """
    return live(section(view.texts(view.study["question"]), view.finding.id, _parts(view)))


def _parts(view: View) -> Iterator[nodes.Node]:
    yield from banner(view)
    yield from lead(view)
    yield facts(view)
    yield from first_screen(view)
    if view.planned:
        yield from power(without_rows(view))
        yield from money(without_rows(view))
    else:
        yield from figure(view, "answer")
        yield sure(view)
        yield results(view)
        yield from _refused(view)
        yield from power(view)
        yield from money(view)
    yield from inquiry(view)
    yield from changes(view)
    yield from prose(view)
    yield done(view)
    yield comparison(view)
    yield programme(view)
    yield outcomes(view)
    yield from published(view)
    yield from references(view)
    yield from effect_sizes(view)
    yield from checklists(view)
    if view.finding.estimates:
        yield all_numbers(view)
    yield again(view)


def _refused(view: View) -> Iterator[nodes.Node]:
    methods = view.study.get("methods", {})
    refused = [one for one in view.finding.refusals if one.analysis not in methods]
    if not refused:
        return
    w = view.words
    head = [w("refused.analysis"), w("refused.why"), w("refused.fix")]
    rows = (
        [one.analysis, view.texts({"en": one.why}), view.texts({"en": one.fix})] for one in refused
    )
    yield section(w("refused.title"), "refused", [table(w("refused.title"), head, rows)])


def again(view: View) -> nodes.section:
    """Return how to run the study again, and the hashes of what it was made from."""
    w, name = view.words, view.finding.id
    commands = "\n".join(f"evaluate {verb} studies/{name}" for verb in ("check", "run", "verify"))
    rows = [
        [w(f"again.{part}") if f"again.{part}" in w else part, nodes.literal(text=value[:12])]
        for part, value in view.finding.provenance.items()
    ]
    made = table(w("again.made_from"), [w("again.part"), w("again.hash")], rows)
    parts = [_code(commands), paragraph(w("again.text_long")), made, *_elsewhere(view)]
    return section(w("again.title"), "again", parts)


def _code(text: str) -> nodes.literal_block:
    return nodes.literal_block(text, text, language="none")


def _elsewhere(view: View) -> Iterator[nodes.Node]:
    """Show the calls in other software that give the same headline."""
    calls = [
        (one.analysis, name, call)
        for one in view.finding.estimates
        if one.role == "headline" and one.term == "overall"
        for name, call in (("R", one.call_r), ("Stata", one.call_stata))
        if call is not None
    ]
    if not calls:
        return
    yield nodes.rubric("", view.words("again.elsewhere"))
    for analysis in dict.fromkeys(one for one, _, _ in calls):
        yield paragraph(view.words("again.elsewhere_text", analysis=analysis))
        for _, name, call in (one for one in calls if one[0] == analysis):
            yield paragraph(strong(name))
            yield _code(call)


def _visit(self: HTML5Translator, node: Drawing) -> None:
    builder = self.builder
    folder = builder.outdir / "_static" / "figures"
    folder.mkdir(parents=True, exist_ok=True)

    def keep(name: str, svg: str) -> str:
        (folder / name).write_text(svg, encoding="utf-8")
        depth = builder.current_docname.count("/")
        return f"{'../' * depth}_static/figures/{name}"

    self.body.append(opening(node, keep))


def _depart(self: HTML5Translator, node: Drawing) -> None:
    self.body.append(closing(node))


def _short_title(app: Sphinx, doctree: nodes.document) -> None:
    """Name the page by the study's title in the contents; its heading is the question."""
    page = app.env.docname
    title = app.env.temp_data.get("evaluate_titles", {}).get(page)
    if title is not None:
        app.env.titles[page] = nodes.title("", title)
        entry = next(app.env.tocs[page].findall(nodes.reference))
        entry.children = [nodes.Text(title)]


def setup(app: Sphinx) -> None:
    """Register the directive and the figure."""
    app.connect("doctree-read", _short_title, priority=900)
    app.add_directive("study", Study)
    app.add_node(Drawing, html=(_visit, _depart))
    folded.setup(app)
