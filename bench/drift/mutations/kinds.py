"""What a kind of change is: data, and how PostgreSQL itself writes its statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

UNMODELLED = "what no model knows is never dropped"
ENUM_VALUE = "PostgreSQL removes no value from an enum"
HISTORY = "people decide which revision the schema is at"
OLDEST = 15
NEWEST = 99


@dataclass(frozen=True)
class Kind:
    """A kind of change.

    Attributes:
        name: What the report calls it.
        source: The rows of ``targets.sql`` that it can be done to: what follows FROM.
        statement: The SQL expression that writes the statement for one row; null skips the row.
        codes: The codes that are right; ``{}`` stands for the row's own, such as ``unique-index``.
        names: The SQL expression for what a finding's path has to mention.
        lost: Why no script can take it back; empty when one can.
        here: Why it is decided in each environment, and no drift; empty when it is drift.
        since: The first major version that can do it.
        until: The last one.
    """

    name: str
    source: str
    statement: str
    codes: str
    names: str = "names"
    lost: str = ""
    here: str = ""
    since: int = OLDEST
    until: int = NEWEST

    @property
    def query(self) -> str:
        """The query for the targets: what to mention, the first part of the codes, the DDL."""
        return (
            f"SELECT names, code, ddl FROM (SELECT {self.names} AS names, code, "
            f"{self.statement} AS ddl FROM {self.source}) AS target "
            "WHERE ddl IS NOT NULL ORDER BY md5(names::text), ddl"
        )

    def codes_for(self, code: str) -> frozenset[str]:
        return frozenset(self.codes.replace("{}", code).split())


NOTHING: Final = "(SELECT ARRAY[]::text[] AS names, '' AS code) AS one"


def plain(name: str, statement: str) -> Kind:
    """Return one statement that needs no target."""
    return Kind(name, NOTHING, f"$statement${statement}$statement$", "")


def each(name: str, source: str, statement: str) -> Kind:
    return Kind(name, source, statement, "")


@dataclass(frozen=True)
class Mutation:
    """One change to one object."""

    kind: Kind
    names: tuple[str, ...]
    codes: frozenset[str]
    statement: str
