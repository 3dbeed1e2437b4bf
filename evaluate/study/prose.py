"""The author's own prose: CommonMark without HTML, three roles, and no number typed by hand.

``text.md`` becomes plain blocks and inlines that the book writes as text nodes, so that no
markup, directive or file inclusion in it can reach a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evaluate.errors import Problem
from evaluate.study.claim_words import CAUSAL, too_high
from evaluate.study.roles import Known, Node, Reader, find_digits, number_by_hand, role_node

if TYPE_CHECKING:
    from markdown_it.token import Token

_ROLE = re.compile(r"\{([\w-]+)\}$")


def parse(text: str, file: str, known: Known) -> tuple[list[Node], list[Problem]]:
    """Return prose as blocks, and everything that is wrong with it.

    Parameters
    ----------
    text : str
        CommonMark with the roles ``n``, ``fact``, ``cite`` and ``literal``.
    file : str
        Its name, for problems.
    known : Known
        What the roles may refer to.

    Returns
    -------
    blocks : list of dict
        ``heading``, ``paragraph``, ``list``, ``quote`` and ``code`` nodes, JSON-ready.
    problems : list of Problem
        Each with its line.
    """
    from markdown_it import MarkdownIt

    reader = Reader(file, known)
    for number, line in enumerate(text.split("\n"), start=1):
        reader.hidden(line, number)
    tokens = MarkdownIt("commonmark").parse(text)
    blocks = list(_blocks(tokens, reader))
    return blocks, reader.problems


def read(path: Path, file: str, known: Known) -> tuple[list[Node], list[Problem]]:
    """Return the blocks of a file, or a problem when it cannot be read as UTF-8."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        why = "other encodings would turn letters into question marks"
        return [], [Problem(f"{file}:1", "not UTF-8 text", why, "save the file as UTF-8")]
    except OSError:
        why = "the chapter would be published without its prose"
        return [], [Problem(f"{file}:1", "cannot be read", why, "make it a file you may read")]
    return parse(text, file, known)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _blocks(tokens: Sequence[Token], reader: Reader) -> Iterator[Node]:
    index = 0
    while index < len(tokens):
        token = tokens[index]
        end = _closing(tokens, index)
        inner = tokens[index + 1 : end]
        if token.type == "heading_open":
            inner[0].children = _unnumbered(inner[0].children or [])
            children = _inline(inner[0], reader)
            yield {"type": "heading", "level": int(token.tag[1]), "children": children}
        elif token.type == "paragraph_open":
            yield {"type": "paragraph", "children": _inline(inner[0], reader)}
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            _counted(inner, reader)
            items = [list(_blocks(one, reader)) for one in _items(inner)]
            yield {"type": "list", "ordered": token.tag == "ol", "items": items}
        elif token.type == "blockquote_open":
            yield {"type": "quote", "children": list(_blocks(inner, reader))}
        elif token.type in ("fence", "code_block"):
            yield from _code(token, reader)
        elif token.type == "html_block":
            _no_html(_line(token), reader)
        index = end + 1


def _counted(tokens: Sequence[Token], reader: Reader) -> None:
    """Note a list number that does not count items: Markdown reads ``1900. kr`` as one."""
    items = [one for one in tokens if one.type == "list_item_open" and one.level == tokens[0].level]
    for place, item in enumerate(items, start=1):
        if item.info and int(item.info) not in (1, place):
            number_by_hand(_line(item), reader)


def _unnumbered(children: list[Token]) -> list[Token]:
    """Return a heading's inlines without its own number: the book numbers nothing."""
    if children and children[0].type == "text":
        children[0].content = re.sub(r"^\d{1,2}(\.\d{1,2})*\.?\s+", "", children[0].content)
    return children


def _closing(tokens: Sequence[Token], start: int) -> int:
    depth = 0
    for index in range(start, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _items(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    index = 0
    while index < len(tokens):
        end = _closing(tokens, index)
        yield tokens[index + 1 : end]
        index = end + 1


def _code(token: Token, reader: Reader) -> Iterator[Node]:
    if token.info.strip().startswith("{"):
        reader.fault(
            _line(token),
            "a directive",
            "directives can read files and run code in the book",
            "write it as plain text; figures and tables come from the finding",
        )
        return
    find_digits(token.content, _line(token), reader)
    yield {"type": "code", "text": token.content}


def _no_html(line: int, reader: Reader) -> None:
    reader.fault(
        line,
        "raw HTML",
        "markup from a study would reach readers' browsers",
        "write it in Markdown, or set the characters in backticks",
    )


def _inline(token: Token, reader: Reader) -> list[Node]:
    line = _line(token)
    if token.content.startswith(":::"):
        reader.fault(line, "a directive", "directives can read files", "write it as plain text")
    root: list[Node] = []
    stack = [root]
    role: str | None = None
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        node, role = _inline_node(child, line, role, stack, reader)
        if node is not None:
            stack[-1].append(node)
    _no_claims(root, _line(token), reader)
    return root


def _no_claims(root: list[Node], line: int, reader: Reader) -> None:
    """Note sentences that claim a cause where the result they point to cannot carry one."""
    for words, analysis, step in too_high(root, reader.known.steps):
        reader.fault(
            line,
            f"“{words}” claims a cause, and `{analysis}` reaches step {step} of the claims ladder",
            f"only from step {CAUSAL}, with a comparison, may a sentence say what made a difference",
            "say what was seen or reported, or point to a result that carries the claim",
        )


def _inline_node(
    child: Token, line: int, role: str | None, stack: list[list[Node]], reader: Reader
) -> tuple[Node | None, str | None]:
    """Return the node of one inline token, and the role that waits for its content."""
    if child.type == "text":
        return _text(child.content, line, reader)
    if child.type == "code_inline":
        return (
            role_node(role, child.content, line, reader) if role else _plain(child, line, reader)
        ), None
    if child.type == "softbreak":
        return {"type": "text", "text": " "}, None
    if child.type == "hardbreak":
        return {"type": "break"}, None
    if child.type in ("strong_open", "em_open", "link_open"):
        stack.append([])
        stack[-2].append(_opened(child, stack[-1], line, reader))
    elif child.type in ("strong_close", "em_close", "link_close"):
        stack.pop()
    elif child.type == "html_inline":
        _no_html(line, reader)
    elif child.type == "image":
        reader.fault(
            line, "an image", "files are not taken into the book from text", "remove the image"
        )
    return None, None


def _plain(child: Token, line: int, reader: Reader) -> Node:
    find_digits(child.content, line, reader)
    return {"type": "code", "text": child.content}


def _opened(child: Token, children: list[Node], line: int, reader: Reader) -> Node:
    if child.type != "link_open":
        kind = "strong" if child.type == "strong_open" else "emphasis"
        return {"type": kind, "children": children}
    url = str(child.attrs.get("href", ""))
    if not url.startswith("https://"):
        reader.fault(
            line,
            "a link that is not https",
            "other links can run code or lead nowhere outside this machine",
            "give the full address, beginning with https://",
        )
    return {"type": "link", "url": url, "children": children}


def _text(content: str, line: int, reader: Reader) -> tuple[Node | None, str | None]:
    match = _ROLE.search(content)
    role = match.group(1) if match else None
    shown = content[: match.start()] if match else content
    find_digits(shown, line, reader)
    return ({"type": "text", "text": shown} if shown else None), role
