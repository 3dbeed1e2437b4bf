"""The first row of a source: every wanted column named, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evaluate.data.files import Origin
from evaluate.data.names import closest, plural, shown
from evaluate.errors import DataError, Problem

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def header_problems(origin: Origin, names: Sequence[str], wanted: Sequence[str]) -> list[Problem]:
    """Return what is wrong with the names of columns.

    Parameters
    ----------
    origin : Origin
        What messages say of the file.
    names : sequence of str
        The first row.
    wanted : sequence of str
        Columns that the study needs.
    """
    # A file without a header has data in its first row, so only names that the study knows,
    # or that are near to one, are ever printed.
    path, fix = origin.label, "let the first row of the file name every column once"
    why = "columns are found by their names in the first row"
    if wanted and not set(wanted) & set(names) and (numbers := sum(map(_is_number, names))):
        what = f"the first row seems to hold data: {numbers} of {plural(len(names), 'cell')} "
        return [Problem(path, what + "are numbers", why, fix)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    known = [name for name in twice if name in wanted]
    problems = [
        Problem(f"{path}:{shown(name)}", "several columns have this name", why, fix)
        for name in known
    ]
    if others := len(twice) - len(known):
        what = f"{plural(others, 'other name')} stand{'s' * (others == 1)} over several columns"
        problems.append(Problem(path, what, why, fix))
    return problems


def absent(where: str, names: Sequence[str], wanted: Sequence[str]) -> list[Problem]:
    """Return the columns that no file has.

    Parameters
    ----------
    where : str
        The file, or the files.
    names : sequence of str
        The columns that are there.
    wanted : sequence of str
        Columns that the study needs.
    """
    problems = []
    for name in wanted:
        if name not in names:
            near = closest(name, names)
            problems.append(
                Problem(
                    f"{where}:{shown(name)}",
                    "the file has no such column",
                    "the study and the data dictionary promise it",
                    f"did you mean `{shown(near)}`?" if near else "add it, or correct its name",
                )
            )
    return problems


def _is_number(name: str) -> bool:
    try:
        float(name.replace(",", "."))
    except ValueError:
        return False
    return True


def refuse_other_delimiter(origin: Origin, header: str) -> None:
    """Refuse a first row of one cell that holds another delimiter.

    Raises
    ------
    DataError
        With the delimiter that the file seems to have.
    """
    delimiter = origin.source.delimiter
    for sign, word in _DELIMITERS.items():
        if sign != delimiter and sign in header:
            choice = r"\t" if sign == "\t" else sign
            can = sign in ",;\t"
            raise DataError(
                Problem(
                    origin.label,
                    f"the first row is one column that holds a {word}",
                    f"the columns are divided by {_DELIMITERS[delimiter]}s as the study has it",
                    f'set `delimiter: "{choice}"` under {origin.setting}'
                    if can
                    else "export it with commas, semicolons or tabs",
                )
            )
