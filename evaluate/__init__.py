"""Impact evaluation: one study definition becomes a whole, published evaluation."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "load": "evaluate.study.load",
    "run": "evaluate.flow",
    "read": "evaluate.findings",
    "Study": "evaluate.study.schema",
    "Design": "evaluate.design",
    "Estimate": "evaluate.core",
    "Finding": "evaluate.core",
}

__all__ = ["Design", "Estimate", "Finding", "Study", "load", "read", "run"]

if TYPE_CHECKING:
    from evaluate.core import Estimate, Finding
    from evaluate.design import Design
    from evaluate.findings import read
    from evaluate.flow import run
    from evaluate.study.load import load
    from evaluate.study.schema import Study


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: importing the package stays fast."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'evaluate' has no attribute '{name}'")
