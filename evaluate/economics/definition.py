"""The shape of ``economics:`` in ``study.yaml``."""

from __future__ import annotations

from evaluate.core import Strict


class Economics(Strict):
    """Costs and benefits of one analysis's effect."""
