"""Make ten changes by hand in one database, each on a table of its own if there are enough."""

from collections.abc import Iterator
from typing import Final

import psycopg2

from bench.drift.mutations import KINDS, mutations
from bench.drift.mutations.kinds import Mutation
from schemaproof_testing.servers import Database

WANTED: Final = (
    "column dropped",
    "column added",
    "column renamed",
    "column type: longer varchar",
    "column made nullable",
    "column default added",
    "index dropped",
    "unique constraint dropped",
    "foreign key dropped",
    "check added",
    # These are used for a project that has no object for one of the kinds above.
    "table owner",
    "index added",
    "column type: integer to bigint",
    "column comment set",
)
TEN: Final = 10


def make_ten(database: Database, schemas: tuple[str, ...]) -> list[Mutation]:
    """Make ten changes, and return their names."""
    done: list[Mutation] = []
    for name in WANTED:
        for one in _targets(database, schemas, name, {one.names[1] for one in done}):
            try:
                database.execute_each(one.statement)
            except psycopg2.Error:
                continue
            done.append(one)
            break
        if len(done) == TEN:
            break
    return done


def _targets(
    database: Database, schemas: tuple[str, ...], name: str, used: set[str]
) -> Iterator[Mutation]:
    """Yield the objects that a kind of change can change, unchanged tables first."""
    kinds = [kind for kind in KINDS if kind.name == name]
    found = [*mutations(database, managed=(), shared=schemas, chosen=kinds)]
    yield from sorted(found, key=lambda one: one.names[1] in used)
