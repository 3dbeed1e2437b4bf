"""The analysis's complete cases behind one engine: all that a design sees of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


class Sample(Protocol):
    """To be written: see the engine helper."""
