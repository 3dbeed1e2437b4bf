"""Numbers that are numbers: what is missing must not turn into a result."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def finite(what: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return values as an array of floats, all finite.

    Parameters
    ----------
    what : str
        Name of the values, for the message.
    values : array_like
        Of any shape.

    Returns
    -------
    ndarray
        Of the same shape.

    Raises
    ------
    ValueError
        If one is missing or infinite: a comparison with it would give an answer all the same.
    """
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"{what} must be finite")
    return array
