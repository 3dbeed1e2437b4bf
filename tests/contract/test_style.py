"""What no linter checks: sizes, and errors that the docstring promises."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "evaluate").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 300, 40

# A longer file or function needs an argument here: what a reader would lose if it were cut up.
EXCEPTIONS: dict[str, str] = {
    "evaluate/core.py": "the nouns are read as one page, and most of it is their description",
}
ERRORS = {"StudyError", "DataError", "DisclosureError", "Refused"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.Module) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def code_lines(source: str, node: Function) -> int:
    """Return the lines of a function with code on them, its docstring left out."""
    skip = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    first = node.body[0]
    text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = range(first.lineno, first.end_lineno + 1) if text else range(0)
    lines: set[int] = set()
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type not in skip:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return len([n for n in lines if node.lineno <= n <= node.end_lineno and n not in docstring])


def faults(source: str, name: str) -> Iterator[str]:
    tree = ast.parse(source)
    length = len(source.splitlines())
    if length > LONGEST_FILE and name not in EXCEPTIONS:
        yield f"{name}: {length} lines"
    for node in functions(tree):
        where = f"{name}:{node.lineno} {node.name}"
        n_lines = code_lines(source, node)
        if n_lines > LONGEST_FUNCTION and f"{name} {node.name}" not in EXCEPTIONS:
            yield f"{where}: {n_lines} lines of code"
        if not node.name.startswith("_"):
            yield from (f"{where}: {one} is not under Raises" for one in unannounced(node))
            yield from (f"{where}: {one} is not under Parameters" for one in undescribed(node))


def unannounced(node: Function) -> set[str]:
    """Return the errors for users that a function raises itself and its docstring is silent on."""
    raised = {
        name.id
        for one in ast.walk(node)
        if isinstance(one, ast.Raise) and one.exc is not None
        for name in ast.walk(one.exc)
        if isinstance(name, ast.Name)
    }
    _, _, section = (ast.get_docstring(node) or "").partition("Raises\n------")
    return {one for one in raised & ERRORS if one not in section}


def undescribed(node: Function) -> list[str]:
    """Return the parameters that a section *Parameters* leaves out."""
    _, found, section = (ast.get_docstring(node) or "").partition("Parameters\n----------\n")
    listed = {
        name.strip("* ")
        for line in section.partition("\n\n")[0].splitlines()
        if not line.startswith(" ")
        for name in line.partition(" : ")[0].split(",")
    }
    every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    names = [one.arg for one in every if one.arg not in {"self", "cls"}]
    return [one for one in names if found and one not in listed]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sizes_and_announced_errors(path: Path) -> None:
    assert not list(faults(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()))


def test_every_exception_is_still_needed() -> None:
    names = {path.relative_to(ROOT).as_posix(): path for path in SOURCES}
    for one in EXCEPTIONS:
        file, _, function = one.partition(" ")
        source = names[file].read_text(encoding="utf-8")
        assert len(source.splitlines()) > LONGEST_FILE or any(
            code_lines(source, node) > LONGEST_FUNCTION
            for node in functions(ast.parse(source))
            if node.name == function
        ), one


PARAMETERS = """def f(a, b, *, c):
    '''Do.

    Parameters
    ----------
    a, b : int
        Two numbers.
    '''
"""
RAISES = """def f():
    '''Do.

    Raises
    ------
    DataError
        If.
    '''
    raise StudyError(problem)
"""


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\n" * 301, "planted.py: 301 lines"),
        ("def f():\n" + "    x = 1\n" * 40, "planted.py:1 f: 41 lines of code"),
        (
            RAISES,
            "planted.py:1 f: StudyError is not under Raises",
        ),
        (PARAMETERS, "planted.py:1 f: c is not under Parameters"),
    ],
    ids=["file", "function", "raises", "parameters"],
)
def test_a_planted_fault_is_found(source: str, said: str) -> None:
    assert list(faults(source, "planted.py")) == [said]


def test_docstrings_comments_and_empty_lines_do_not_count() -> None:
    source = 'def f():\n    """Do.\n\n    More.\n    """\n    # why\n\n    return 1\n'
    (node,) = functions(ast.parse(source))
    assert code_lines(source, node) == 2
