"""The changes of a revision, derived from the snapshots before and after it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from schemaproof.compare import Difference, compare
from schemaproof.schema.codes import MISSING, UNEXPECTED
from schemaproof.schema.database_objects import Snapshot

_IN_EVERY_DATABASE: Final = frozenset({"extension plpgsql"})


def between(
    before: Sequence[Snapshot], after: Snapshot, *, rows_stay: bool = True
) -> tuple[Difference, ...]:
    """Return the changes that a revision makes.

    Args:
        before: The schemas of the revisions that it follows.
        after: The schema that the revision produces.
        rows_stay: Whether a table or a column may have got another name.

    Returns:
        The differences. A merge makes only the changes that are new to each of its branches: the
        others came with another branch. Objects of an empty database do not count as changes of the
        first revision.
    """
    first, *others = (
        compare(snapshot, after, rows_stay=rows_stay).differences for snapshot in before
    )
    known = [{(change.code, change.path) for change in other} for other in others]
    return tuple(
        change
        for change in first
        if all((change.code, change.path) in one for one in known)
        and not (Snapshot() in before and change.path in _IN_EVERY_DATABASE)
    )


def empty_database(filled: Snapshot | None) -> Snapshot:
    """Return the objects that an empty database has, with their attributes in a filled one."""
    objects = filled.objects if filled else ()
    there = (one for one in objects if f"{one.kind} {one.name}" in _IN_EVERY_DATABASE)
    return Snapshot(objects=tuple(there))


def in_words(differences: Iterable[Difference]) -> str:
    """Describe changes in sentences: created, dropped and changed objects.

    >>> made = Code("table", "unexpected")
    >>> in_words([Difference(made, path("public", "customer"), None, "table of 2 columns")])
    'Creates public.customer.'
    """
    verbs: dict[str, list[str]] = {"Creates": [], "Drops": [], "Changes": []}
    for change in differences:
        verb = _verb(change)
        verbs[verb].append(change.path if verb != "Changes" else f"{change.path} ({change.code})")
    return " ".join(
        f"{verb} {', '.join(dict.fromkeys(objects))}." for verb, objects in verbs.items() if objects
    )


def in_lines(differences: Iterable[Difference]) -> Iterator[str]:
    """Yield a line for each difference: ``+`` created, ``-`` dropped, ``~`` changed."""
    for change in differences:
        match _verb(change):
            case "Creates":
                yield f"+ {change.path}  {change.actual or ''}".rstrip()
            case "Drops":
                yield f"- {change.path}  {change.expected or ''}".rstrip()
            case _:
                old, new = change.expected or "none", change.actual or "none"
                yield f"~ {change.path}  {change.code}: {old} → {new}"


def _verb(change: Difference) -> str:
    """Return the verb for a change; an object that only the newer snapshot has is created."""
    return {UNEXPECTED: "Creates", MISSING: "Drops"}.get(change.code.aspect, "Changes")
