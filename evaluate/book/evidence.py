"""What the answer rests on: the claim's step, and every check, the failed ones first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from docutils import nodes

from evaluate.book.power import false_alarms
from evaluate.book.ratings import certainty_line, panel
from evaluate.book.view import View
from evaluate.book.write import box, marked, paragraph, section, strong
from evaluate.core import Check

_ORDER = ("failed", "uninformative", "not_run", "passed")
_SIGNS = {"failed": "✕", "uninformative": "△", "not_run": "–", "passed": "✓"}
_ABOVE = "step "


def sure(view: View) -> nodes.section:
    """Return the section on certainty; it stands before any money."""
    return section(view.words("sure.title"), "certainty", _blocks(view))


def _blocks(view: View) -> Iterator[nodes.Node]:
    w, found = view.words, view.lead()
    if found is not None:
        verdict, _ = found
        name = w(f"rung.{verdict.rung}")
        step = [strong(w("sure.step", step=verdict.rung, name=name))]
        missing = [reason(view, one) for one in verdict.because if one.startswith(_ABOVE)]
        if missing:
            step += [" ", w("sure.next", reasons="; ".join(missing))]
        yield box([*certainty_line(view), paragraph(step)], "ev-sure-word")
    comparison = view.study["comparison"]
    credible = [strong(w("sure.credible")), ": ", view.texts(comparison["why_credible"])]
    yield paragraph(credible)
    if of_designs(view).finding.checks:
        yield check_list(of_designs(view))
    if view.finding.estimates:
        yield false_alarms(view)
    yield from panel(view)


def of_designs(view: View) -> View:
    """Return a view without the checks of methods, which stand with their own results."""
    methods = view.study.get("methods", {})
    kept = tuple(one for one in view.finding.checks if one.analysis not in methods)
    return replace(view, finding=replace(view.finding, checks=kept))


def check_list(view: View) -> nodes.bullet_list:
    """Return every check of a finding, the failed ones first."""
    checks = sorted(_grouped(view), key=lambda one: _ORDER.index(one[0].result))
    items = [
        nodes.list_item("", _check(view, one, where), classes=[_style(one)])
        for one, where in checks
    ]
    return nodes.bullet_list("", *items, classes=["ev-checks"])


def reason(view: View, because: str) -> str:
    """Return ``step 5 needs balance: failed`` in the page's own words."""
    name, _, result = because.partition(" needs ")[2].rpartition(": ")
    key = f"check.{result.replace(' ', '_')}"
    word = view.words(key).lower() if key in view.words else result
    return view.words("sure.needs", check=_name(view, name), result=word)


def _name(view: View, name: str) -> str:
    return view.words(f"check.{name}") if f"check.{name}" in view.words else name


def _grouped(view: View) -> Iterator[tuple[Check, str]]:
    """Yield each result of each check once, with the analyses that share it."""
    same: dict[tuple[str, str], list[Check]] = {}
    for check in view.finding.checks:
        same.setdefault((check.name, check.result), []).append(check)
    for checks in same.values():
        yield checks[0], ", ".join(one.analysis for one in checks)


def _style(check: Check) -> str:
    return f"ev-{check.result.replace('_', '-')}"


def _check(view: View, check: Check, where: str) -> nodes.paragraph:
    """Return a check with sign and word, never by colour alone."""
    word = f"{_SIGNS[check.result]} {view.words(f'check.{check.result}')}"
    name = _name(view, check.name)
    if where:
        name = view.words("check.of", name=name, analysis=where)
    body = [strong(f"{name}."), " ", view.texts({"en": check.text})]
    return paragraph([marked(word, "ev-check-word"), " ", marked(body, "ev-check-body")])
