"""Texts that differ only in how PostgreSQL prints them, which the gate would refuse."""

from collections.abc import Sequence
from typing import TypeAlias

from schemaproof.check import live_diff
from schemaproof.check.live_diff import State
from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.compare import Difference

Text: TypeAlias = tuple[str, str, str | None, str | None]
"""The code and the path of a difference, and both texts."""


def without_equal_texts(
    scratch: ScratchQueries, revisions: Sequence[str], state: State, equal: frozenset[Text]
) -> tuple[State, frozenset[Text]]:
    """Compare again, without texts that are only printed differently.

    A scratch database takes a second, during which a revision holds its locks. So only texts that
    would be refused are compared, and texts that were found to be the same are not compared again.

    Args:
        scratch: The queries that decide whether a text is only printed differently.
        revisions: The revisions that the database is compared with.
        state: The state that was read, with its differences.
        equal: Texts that are known to be the same.

    Returns:
        The state, and the texts that are known to be the same now.
    """
    unknown = tuple(one for one in state.differences if _text(one) not in equal)
    if not any(one.textual for one in unknown):
        return live_diff.with_differences(state, unknown), equal
    real = scratch.real_differences(revisions, state.expected, state.actual, unknown)
    paths = {(one.code, one.path) for one in real}
    same = {_text(one) for one in unknown if (one.code, one.path) not in paths}
    return live_diff.with_differences(state, real), equal | same


def _text(difference: Difference) -> Text:
    return difference.code, difference.path, difference.expected, difference.actual
