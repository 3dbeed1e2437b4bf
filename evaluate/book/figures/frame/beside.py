"""Names at the ends of lines, pushed apart where they would meet."""

from __future__ import annotations

from collections.abc import Sequence


def apart(
    middles: Sequence[float], sizes: Sequence[float], room: tuple[float, float]
) -> list[float]:
    """Return tops of boxes near their middles, in order, that do not overlap.

    Parameters
    ----------
    middles : sequence of float
        Inches at which the boxes would best stand, from the top.
    sizes : sequence of float
        Their heights.
    room : tuple of float
        Inches from which and to which they may stand.

    Examples
    --------
    >>> apart([1.0, 1.0], [0.5, 0.5], (0.0, 2.0))
    [0.75, 1.25]
    """
    tops: list[float] = []
    edge = room[0]
    for middle, size in zip(middles, sizes, strict=True):
        tops.append(max(edge, middle - size / 2))
        edge = tops[-1] + size
    edge = room[1]
    for i in range(len(tops) - 1, -1, -1):
        tops[i] = min(tops[i], edge - sizes[i])
        edge = tops[i]
    return tops
