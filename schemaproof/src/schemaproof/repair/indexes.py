"""Repair indexes."""

from collections.abc import Iterator
from typing import Any, Final

from schemaproof.compare.pairs import pairs
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import ddl
from schemaproof.schema.database_objects import Index, Relation
from schemaproof.schema.dependencies import Ref
from schemaproof.schema.paths import path
from schemaproof.schema.values import SqlText
from schemaproof.sql import quoting, sql_tree

_NONE: Final = Index(name="", definition=SqlText(("",)))


def repair_indexes(
    schema: str, expected: Relation, actual: Relation, anew: frozenset[Ref] = frozenset()
) -> Iterator[Step]:
    """Yield the steps that repair the indexes of a table; those in ``anew`` are created again.

    The index of a constraint is created and dropped with the constraint, and the index of a
    partition is dropped with the partitioned index.
    """
    for wanted, found in pairs(expected.indexes, actual.indexes):
        ref = Ref("index", path(schema, expected.name, (wanted or found or _NONE).name))
        kept = wanted is not None and found is not None and _keeps(wanted, found, ref in anew)
        if found is not None and not kept and _stands_alone(found):
            drop = f"DROP INDEX {quoting.name(schema, found.name)}"
            yield Step(ref.path, Phase.DROP_INDEXES, drop, drops=ref)
        if wanted is not None:
            if not kept and wanted.constraint is None:
                name = path(schema, wanted.name)
                yield Step(ref.path, *_create(wanted), creates=name, makes=ref)
            yield from _attributes(schema, expected, wanted, found if kept else None)


def _create(wanted: Index) -> tuple[Phase, str]:
    """Return the statement that creates an index, and its phase.

    The index of a partition is created only if the table has not created it. The index of a
    partitioned table comes after those of known partitions: it is attached to them, and created on
    every other partition.
    """
    definition = str(wanted.definition)
    phase = Phase.CREATE_INDEXES
    if _is_partitioned(wanted):
        phase = Phase.CREATE_PARTITIONED_INDEXES
        name = path(wanted.name)
        definition = definition.replace(f" INDEX {name} ON ONLY ", f" INDEX {name} ON ", 1)
    if wanted.parent is not None:
        definition = definition.replace(" INDEX ", " INDEX IF NOT EXISTS ", 1)
    return phase, definition


def _keeps(wanted: Index, found: Index, anew: bool) -> bool:  # noqa: FBT001 - of a set
    """Whether the index stays; the repair of its constraint handles other differences."""
    if wanted.constraint is not None and found.constraint is not None:
        return True
    same = wanted.definition.same_as(found.definition) and found.valid and not anew
    return same and (wanted.constraint is None) == (found.constraint is None)


def _is_partitioned(index: Index) -> bool:
    """Whether an index belongs to a partitioned table and has a part for each partition."""
    made = _made(index)
    return made is not None and not made.relation.inh


@sql_tree.unless_analysed(otherwise=None)
def _made(index: Index) -> Any:
    return sql_tree.statement(str(index.definition))


def _stands_alone(index: Index) -> bool:
    return index.constraint is None and index.parent is None


def _attributes(schema: str, table: Relation, wanted: Index, found: Index | None) -> Iterator[Step]:
    where = path(schema, table.name, wanted.name)
    name = quoting.name(schema, wanted.name)
    present = found or Index(name=wanted.name, definition=wanted.definition)
    alter = f"ALTER INDEX {name}"
    if not present.valid and not _is_partitioned(present):
        yield Step(where, Phase.CREATE_INDEXES, f"REINDEX INDEX {name}")
    if not wanted.definition.same_as(present.definition):
        for clause in ddl.changed_options(_options(wanted), _options(present)):
            yield Step(where, Phase.ALTER_OBJECTS, f"{alter} {clause}")
    if wanted.parent != present.parent and wanted.parent is not None and not wanted.constraint:
        attach = f"ALTER INDEX {wanted.parent} ATTACH PARTITION {name}"
        yield Step(where, Phase.ALTER_OBJECTS, attach)
    if wanted.clustered != present.clustered:
        yield Step(where, Phase.ALTER_OBJECTS, _cluster(schema, table, wanted))
    if wanted.tablespace != present.tablespace:
        space = quoting.name(wanted.tablespace or "pg_default")
        yield Step(where, Phase.ALTER_OBJECTS, f"{alter} SET TABLESPACE {space}")
    if wanted.statistics != present.statistics:
        for sql in _statistics(alter, wanted.statistics, present.statistics):
            yield Step(where, Phase.ALTER_OBJECTS, sql)
    if wanted.comment != present.comment:
        yield ddl.comment(where, f"INDEX {name}", wanted.comment)


def _cluster(schema: str, table: Relation, wanted: Index) -> str:
    alter = f"ALTER TABLE {quoting.name(schema, table.name)}"
    if wanted.clustered:
        return f"{alter} CLUSTER ON {quoting.name(wanted.name)}"
    others = [index.name for index in table.indexes if index.clustered]
    if others:
        return f"{alter} CLUSTER ON {quoting.name(others[0])}"
    return f"{alter} SET WITHOUT CLUSTER"


def _options(index: Index) -> str | None:
    """Return the storage parameters of an index, as those of a table are written."""
    made = _made(index)
    given = [one.def_elem for one in made.options] if made is not None else []
    values = [sql_tree.words(one.arg)[-1] for one in given]
    return ", ".join(f"{one.defname}={value}" for one, value in zip(given, values, strict=True))


def _statistics(alter: str, wanted: str | None, found: str | None) -> Iterator[str]:
    """Set the expected targets, and reset the others; each is ``column: target``."""
    targets = _targets(wanted)
    for column in sorted(targets.keys() | _targets(found).keys()):
        yield f"{alter} ALTER COLUMN {column} SET STATISTICS {targets.get(column, '-1')}"


def _targets(text: str | None) -> dict[str, str]:
    pairs_of = (item.partition(": ") for item in (text or "").split(", ") if item)
    return {column: target for column, _, target in pairs_of}
