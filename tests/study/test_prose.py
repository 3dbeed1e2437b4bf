"""What an author may write in text.md, and what is a fault."""

from dataclasses import replace

import pytest

from evaluate.study.prose import parse
from evaluate.study.roles import Known, names_with_digits

KNOWN = Known({"main"}, {"participants"}, {"lalonde"}, ("Plug In 2.0", "Løft Ⅱ"))
MONEY = replace(KNOWN, economics=True)


def faults(text):
    return [(one.where, one.what) for one in parse(text, "text.md", KNOWN)[1]]


def test_roles_become_nodes_and_the_rest_stays_text():
    blocks, problems = parse(
        "## 2.1 Heading\n\nEffect {n}`main.overall.estimate` of *{fact}`participants`* "
        "{cite}`lalonde`\nnext {literal}`10 %|a law`.",
        "text.md",
        KNOWN,
    )
    assert not problems
    assert blocks == [
        {"type": "heading", "level": 2, "children": [{"type": "text", "text": "Heading"}]},
        {
            "type": "paragraph",
            "children": [
                {"type": "text", "text": "Effect "},
                {"type": "number", "path": "main.overall.estimate"},
                {"type": "text", "text": " of "},
                {"type": "emphasis", "children": [{"type": "fact", "id": "participants"}]},
                {"type": "text", "text": " "},
                {"type": "cite", "key": "lalonde"},
                {"type": "text", "text": " "},
                {"type": "text", "text": "next "},
                {"type": "literal", "text": "10 %", "reason": "a law"},
                {"type": "text", "text": "."},
            ],
        },
    ]


@pytest.mark.parametrize(
    "text",
    [
        "In 2015 and 2012–2015, from 1 March 2015, 2015-03-01, 2015/16, mai 2017, 3. august 2020.",
        "HC2, CR2, Vg1 and re78 are names; so is Plug In 2.0.",
        "1. first\n2. second",
        "[the report](https://example.org/a/12)",
        "1. first\n1. second",
        "an area in m² and CO₂; Løft Ⅱ",
        "{n}`main.arms.treated.mean` {n}`main.balance.re74.difference`",
        "- a\n  - b\n\n> quoted\n\n`re78`",
    ],
)
def test_years_dates_names_and_list_numbers_may_stand(text):
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("fine\n\n42 people", 3, "a number typed by hand"),
        ("a\nb\nabout 10 %", 3, "a number typed by hand"),
        ("Plug In 3.0", 1, "a number typed by hand"),
        ("`1794`", 1, "a number typed by hand"),
        ("```\n1794\n```", 1, "a number typed by hand"),
        ("about ½ of them", 1, "a number typed by hand"),
        ("a\nphase Ⅻ and Ⅻ3", 2, "a number typed by hand"),
        ("a½2", 1, "a number typed by hand"),
        ("effect ①", 1, "a number typed by hand"),
        ("a &#49;0 b", 1, "a number typed by hand"),
        ("a\n\n12345. kroner", 3, "a number typed by hand"),
        ("a\n12345. kroner", 2, "a number typed by hand"),
        ("1. first\n7. second", 2, "a number typed by hand"),
        ("- x\n\n  500) kroner", 3, "a number typed by hand"),
        ("## 1794 kroner", 1, "a number typed by hand"),
        ("a\nsafe\u202e text", 2, "a sign that does not show"),
        ("zero\u200bwidth", 1, "a sign that does not show"),
        ("a\n{literal}`10\u2066 %|why`", 2, "a sign that does not show"),
        ("```\ncode\u202e\n```", 2, "a sign that does not show"),
        ("bell\x07", 1, "a sign that does not show"),
        ("from &#x202e; an entity", 1, "a sign that does not show"),
        ("a <b>bold</b> word", 1, "raw HTML"),
        ("x\n\n<script>alert(1)</script>", 3, "raw HTML"),
        ("<!-- note -->", 1, "raw HTML"),
        ("```{include} /etc/passwd\n```", 1, "a directive"),
        (":::{note}\nx\n:::", 1, "a directive"),
        ("{raw}`html`", 1, "the role `raw`"),
        ("![plot](plot.png)", 1, "an image"),
        ("[x](http://example.org)", 1, "a link that is not https"),
        ("[x](data.csv)", 1, "a link that is not https"),
        (
            "{n}`other.overall.estimate`",
            1,
            "`other.overall.estimate` names no number of this study",
        ),
        ("{n}`main`", 1, "`main` names no number of this study"),
        ("{fact}`unknown`", 1, "no fact has the id `unknown`"),
        ("{cite}`unknown`", 1, "no reference has the key `unknown`"),
        ("{literal}`10 %`", 1, "a literal without a reason"),
    ],
)
def test_faults_have_their_line(text, line, what):
    assert (f"text.md:{line}", what) in faults(text)


def test_all_faults_at_once():
    assert len(faults("42\n\n<b>\n\n{raw}`x`\n\n{cite}`y`")) == 4


def test_names_hold_their_digits_in_every_language():
    texts = ("Plain", "Plug In 2.0", {"nb": "Løft 2030", "en": "Lift 2030"})
    assert set(names_with_digits(texts)) == {"Plug In 2.0", "Løft 2030", "Lift 2030"}


@pytest.mark.parametrize(
    ("path", "fix"),
    [
        ("main.overall.nope", "end with one of estimate, std_error, conf_low"),
        ("main.nope.treated.mean", "with TABLE one of arms, balance, attrition, clusters"),
        ("economics.nope.society.net", "with TABLE one of accounts, cash_flow"),
        ("economics.accounts.net", "write economics.TABLE.ROW.COLUMN"),
        ("other.overall.estimate", "begin with the key of an analysis"),
        ("main.overall.estimate\u2028", "write ANALYSIS.TERM.FIELD"),
    ],
)
def test_paths_that_name_no_number(path, fix):
    (one,) = parse(f"{{n}}`{path}`", "text.md", MONEY)[1]
    assert one.what == f"`{path}` names no number of this study"
    assert fix in one.fix


@pytest.mark.parametrize(
    "path",
    [
        "main.event_time=-2.p_value",
        "economics.accounts.society.net",
        "economics.cash_flow.a|2.value",
    ],
)
def test_paths_that_may_name_a_number(path):
    assert parse(f"{{n}}`{path}`", "text.md", MONEY)[1] == []


def test_money_needs_its_block():
    (one,) = parse("{n}`economics.accounts.society.net`", "text.md", KNOWN)[1]
    assert one.fix.startswith("add `economics:` to study.yaml")


def test_a_sign_that_does_not_show_is_said_once():
    assert len(faults("a\u202e b")) == 1
