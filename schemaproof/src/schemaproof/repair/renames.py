"""Rename objects back, instead of creating them again."""

from collections.abc import Iterable, Iterator
from typing import Final

from schemaproof.compare.objects import bare_name
from schemaproof.compare.renamed import Renamed
from schemaproof.findings.steps import Phase, Step
from schemaproof.schema.database_objects import Relation
from schemaproof.schema.kinds import COLUMN, CONSTRAINTS, INDEX, SEQUENCE, UNIQUE_INDEX, Container
from schemaproof.schema.kinds.objects import StatementKind
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql import quoting

_ALONE: Final = {INDEX: "INDEX", UNIQUE_INDEX: "INDEX", SEQUENCE: "SEQUENCE"}
_WORDS: Final = {"view": "VIEW", "materialized view": "MATERIALIZED VIEW"}


def renaming(renamed: Iterable[Renamed]) -> Iterator[Step]:
    """Yield the steps that give renamed objects their expected names."""
    for one in renamed:
        if not one.inherited:
            yield Step(one.path, Phase.RENAME, _statement(one))


def _statement(one: Renamed) -> str:
    schema, relation = one.path.names[0], one.path.names[1:2]
    if isinstance(one.kind, StatementKind):
        return _object(one, one.kind)
    if one.kind is COLUMN or one.kind in CONSTRAINTS.values():
        word = "COLUMN" if one.kind is COLUMN else "CONSTRAINT"
        name = quoting.name(schema, *relation)
        to = f"{quoting.name(one.new)} TO {quoting.name(one.old)}"
        return f"ALTER {_word(one.relation)} {name} RENAME {word} {to}"
    word = _ALONE.get(one.kind) or _word(one.relation)
    return f"ALTER {word} {quoting.name(schema, one.new)} RENAME TO {quoting.name(one.old)}"


def _object(one: Renamed, kind: StatementKind) -> str:
    name = one.new
    if kind.container is Container.SCHEMA:
        name = f"{quoting.name(one.path.names[0])}.{name}"
    if kind.on_table:
        name = f"{name} ON {quoting.name(*one.path.names[:2])}"
    # The name of a statistics object contains its schema.
    own = path(ObjectPath.parse(bare_name(one.old)).names[-1])
    return f"ALTER {kind.ddl} {name} RENAME TO {own}"


def _word(relation: Relation | None) -> str:
    return _WORDS.get(relation.kind, "TABLE") if relation is not None else "TABLE"
