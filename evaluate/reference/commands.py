"""Every command with its options, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evaluate.cli import app
from evaluate.reference.markdown import prose, table


def commands() -> Iterator[str]:
    """Yield a section for each command, in the order of the source."""
    from typer.core import TyperArgument, TyperOption
    from typer.main import get_command

    for name, command in getattr(get_command(app), "commands", {}).items():
        arguments = [one for one in command.params if isinstance(one, TyperArgument)]
        options = [one for one in command.params if isinstance(one, TyperOption)]
        usage = " ".join(["evaluate", name, *map(_usage, arguments)])
        yield f"\n(command-{name})=\n## `{usage}`\n"
        yield prose(command.help)
        rows = [(f"`{_usage(one)}`", one.help or "") for one in arguments]
        rows += [(f"`{_option(one)}`", one.help or "") for one in options if one.name != "help"]
        if rows:
            yield from table(("Argument", "What it is"), rows)


def _usage(argument: Any) -> str:
    name = (argument.metavar or argument.name or "").upper()
    if argument.nargs == -1:
        name = f"{name.removesuffix('S')}…"
    return name if argument.required else f"[{name}]"


def _option(option: Any) -> str:
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {(option.metavar or option.name).upper()}"
