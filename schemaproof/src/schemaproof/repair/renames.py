"""What was probably renamed gets its name back instead of being made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from schemaproof.compare import columns, constraints, indexes, relations
from schemaproof.compare.pairs import renames
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair.inheritance import parent_relations, renamed_parents
from schemaproof.schema.paths import path
from schemaproof.schema.shapes import Index, Relation, Schema, Sequence
from schemaproof.sql import quoting

_VIEW_WORDS: Final = {"view": "VIEW", "materialized view": "MATERIALIZED VIEW"}


def renamed_back(expected: Schema, actual: Schema) -> tuple[Schema, list[Step]]:
    """Return a schema as it is after the statements that give old names back, and those statements.

    A table that got its name back is taken for what it should be.
    """
    steps: list[Step] = []
    tables = renames(expected.relations, actual.relations, relations.same)
    steps += _statements({one.name: _words(one) for one in actual.relations}, expected.name, tables)
    wanted = {relation.name: relation for relation in expected.relations}
    old_names = {new: old for old, new in tables.items()}
    old_paths: dict[str, str] = {
        path(actual.name, new): path(actual.name, old) for new, old in old_names.items()
    }
    present = []
    for each in actual.relations:
        relation = renamed_parents(each, old_paths) if old_paths else each
        if relation.name in old_names:
            present.append(wanted[old_names[relation.name]])
        elif relation.name in wanted:
            inherited = _renamed_with_parents(expected, actual, relation)
            repaired, renaming = _parts(expected.name, wanted[relation.name], relation, inherited)
            present.append(repaired)
            steps += renaming
        else:
            present.append(relation)
    found = tuple(_with_old_owner(expected.name, one, tables) for one in actual.sequences)
    sequences = renames(expected.sequences, found, _same_sequence)
    words = dict.fromkeys(sequences.values(), "SEQUENCE")
    steps += _statements(words, expected.name, sequences)
    return (
        replace(
            actual,
            relations=tuple(sorted(present, key=lambda relation: relation.name)),
            sequences=_with_old_names(found, sequences),
        ),
        steps,
    )


def _renamed_with_parents(expected: Schema, actual: Schema, relation: Relation) -> set[str]:
    """Return the names of the columns that get theirs back when a parent's do."""
    wanted = {one.name: one for one in expected.relations}
    return {
        name
        for parent in parent_relations(relation, actual)
        if parent.name in wanted
        for name in renames(wanted[parent.name].columns, parent.columns, columns.same)
    }


def _parts(
    schema: str, expected: Relation, actual: Relation, inherited: Collection[str]
) -> tuple[Relation, list[Step]]:
    """Give columns, constraints and indexes of a table their names back."""
    called = renames(expected.columns, actual.columns, columns.same)
    kept = renames(expected.constraints, actual.constraints, constraints.same)
    found = renames(expected.indexes, actual.indexes, indexes.same)
    recursing = {one.name for one in actual.constraints if one.inherited}
    alter = f"ALTER {_words(actual)} {quoting.name(schema, expected.name)} RENAME"
    steps = [
        Step(
            path(schema, expected.name, old),
            Phase.RENAME,
            f"{alter} {word} {quoting.name(new)} TO {quoting.name(old)}",
        )
        for word, renamed in (("COLUMN", called), ("CONSTRAINT", kept))
        for old, new in renamed.items()
        if not (old in inherited if word == "COLUMN" else new in recursing)
    ]
    steps += [
        Step(
            path(schema, expected.name, old),
            Phase.RENAME,
            f"ALTER INDEX {quoting.name(schema, new)} RENAME TO {quoting.name(old)}",
        )
        for old, new in found.items()
    ]
    wanted = {index.name: index for index in expected.indexes}
    back = {new: wanted[old] for old, new in found.items()}  # a definition holds the name
    return replace(
        actual,
        columns=_with_old_names(actual.columns, called),
        constraints=_with_old_names(actual.constraints, kept),
        indexes=tuple(
            replace(index, name=back[index.name].name, definition=back[index.name].definition)
            if index.name in back
            else _with_old_constraint(index, kept)
            for index in actual.indexes
        ),
    ), steps


def _with_old_constraint(index: Index, renamed: Mapping[str, str]) -> Index:
    """Return an index as it is called when the constraint that owns it has its name back."""
    for old, new in renamed.items():
        if index.constraint == new:
            return replace(index, name=old if index.name == new else index.name, constraint=old)
    return index


def _statements(
    words: Mapping[str, str], schema: str, renamed: Mapping[str, str]
) -> Iterator[Step]:
    for old, new in renamed.items():
        sql = f"ALTER {words[new]} {quoting.name(schema, new)} RENAME TO {quoting.name(old)}"
        yield Step(path(schema, old), Phase.RENAME, sql)


def _words(relation: Relation) -> str:
    return _VIEW_WORDS.get(relation.kind, "TABLE")


def _with_old_owner(schema: str, sequence: Sequence, tables: Mapping[str, str]) -> Sequence:
    """Return a sequence as it is when the table that owns it has its name back."""
    for old, new in tables.items():
        if sequence.owned_by is not None and sequence.owned_by.object == (schema, new):
            return replace(sequence, owned_by=path(schema, old, *sequence.owned_by.names[2:]))
    return sequence


def _same_sequence(one: Sequence, other: Sequence) -> bool:
    return replace(one, name=other.name) == other


def _with_old_names(items: tuple[Any, ...], renamed: Mapping[str, str]) -> tuple[Any, ...]:
    old_names = {new: old for old, new in renamed.items()}
    return tuple(
        replace(item, name=old_names[item.name]) if item.name in old_names else item
        for item in items
    )
