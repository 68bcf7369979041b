"""The types of attributes: texts of SQL, and grants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

# PostgreSQL prints each of these as it was written, and they are the same function.
_OF_NOW: Final = ("CURRENT_TIMESTAMP", "transaction_timestamp")


@dataclass(frozen=True, slots=True)
class SqlText:
    """An expression or a definition, as PostgreSQL prints it.

    PostgreSQL may print the same thing in more than one way (once when it was created, differently
    after dump and restore). All known prints are kept; two texts are the same when they share one.
    """

    prints: tuple[str, ...]

    def same_as(self, other: SqlText) -> bool:
        """Whether both are prints of the same thing."""
        if not set(self.prints).isdisjoint(other.prints):
            return True
        if not any(name in text for name in _OF_NOW for text in (*self.prints, *other.prints)):
            return False
        # This import is here because it takes longer than a comparison in which all texts are
        # equal.
        from schemaproof.sql.sql_tokens import with_one_name_for_now

        ours = {with_one_name_for_now(text) for text in self.prints}
        return not ours.isdisjoint(with_one_name_for_now(text) for text in other.prints)

    def __str__(self) -> str:
        return self.prints[0]


UNNAMED_PARTS: Final = frozenset({"owner", "PUBLIC", "another role"})
"""The parts that roles play which the project does not name."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A privilege of a role on an object, beyond the default.

    Role names differ from one environment to the next, so grants are compared by the part that a
    role plays; its name serves a repair only.
    """

    part: str
    """``owner``, ``PUBLIC``, a part that the project names, or ``another role``."""
    privileges: str
    """``ALL``, or the privileges in the order of the alphabet; ``*`` marks a grant option."""
    role: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.part}: {self.privileges}"


def with_modifier(type_: str, modifier: str | None) -> str:
    """Return a type with its modifier where PostgreSQL writes it.

    >>> with_modifier("timestamp with time zone", "(3)"), with_modifier("varchar[]", "(10)")
    ('timestamp(3) with time zone', 'varchar(10)[]')
    """
    if modifier is None:
        return type_
    base, brackets, _ = type_.partition("[]")
    words, zone, rest = base.partition(" with")
    separator = "" if modifier.startswith("(") else " "
    return f"{words}{separator}{modifier}{zone}{rest}{brackets}"
