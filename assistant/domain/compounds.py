"""Compounds to the words they are put together from: "Notfallzugriff" is "Zugriff", access, in a "Notfall". Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

# What may stand between two parts, by language; "" is nothing.
JOINTS = {
    "de": ("", "s", "es", "n", "en", "er", "e"),
    "nl": ("", "s", "en", "e"),
    "sv": ("", "s"),
}
SHORTEST, SHORTEST_LAST = 3, 4  # letters of a part; a last part of three would be an ending
SHORTEST_COMPOUND = 9
MOST_PARTS = 3


def parts(word: str, language: str, known: Callable[[str], bool]) -> tuple[str, ...]:
    """The words a compound is made of, without their joints; empty where there is no way to take it apart.

    Of several ways the one with fewest parts is taken, then the one whose shortest part is longest.
    """
    joints = JOINTS.get(language, ())
    if len(word) < SHORTEST_COMPOUND or not joints:
        return ()
    ways = (way for way in _ways(word.lower(), joints, known, most=MOST_PARTS) if len(way) > 1)
    return min(ways, key=lambda way: (len(way), -min(map(len, way)), way), default=())


def _ways(rest: str, joints: tuple[str, ...], known: Callable[[str], bool], *, most: int) -> Iterator[tuple[str, ...]]:
    if known(rest):
        yield (rest,)
    if most == 1:
        return
    for end in range(SHORTEST, len(rest) - SHORTEST_LAST + 1):
        for joint in joints:
            first = rest[:end].removesuffix(joint)
            if rest[:end].endswith(joint) and len(first) >= SHORTEST and known(first):
                yield from ((first, *others) for others in _ways(rest[end:], joints, known, most=most - 1))
                break
