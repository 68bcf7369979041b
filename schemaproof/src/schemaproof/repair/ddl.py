"""Turn database objects into DDL; texts are as PostgreSQL prints them."""

from collections.abc import Iterator

from schemaproof.findings.steps import Phase, Step
from schemaproof.schema.database_objects import Column, Sequence
from schemaproof.schema.paths import ObjectPath
from schemaproof.sql import quoting


def column(
    definition: Column, sequence: Sequence | None, schema: str, *, foreign: bool = False
) -> str:
    """Return a column as CREATE TABLE and ADD COLUMN take it.

    Args:
        definition: The column.
        sequence: The sequence behind an identity.
        schema: The schema of that sequence.
        foreign: Whether its options are those of a foreign table.
    """
    parts = [quoting.name(definition.name), definition.full_type]
    if foreign:
        parts += changed_foreign_options(definition.options, None, keyword="")
    if definition.collation is not None:
        parts.append(f"COLLATE {definition.collation}")
    if not definition.nullable:
        parts.append(definition.nullability)
    if definition.default is not None:
        parts.append(f"DEFAULT {definition.default}")
    if definition.generated is not None:
        parts.append(f"GENERATED ALWAYS AS {definition.generated}")
    if definition.identity is not None:
        parts.append(identity(definition.identity, sequence, schema))
    return " ".join(parts)


def as_added(definition: Column, *, foreign: bool) -> Column:
    """Return a column as it is right after :func:`column` created it."""
    return Column(name="", position=0, type="", options=definition.options if foreign else None)


def identity(kind: str, sequence: Sequence | None, schema: str) -> str:
    """Return the identity clause, with the options of the sequence behind it."""
    clause = f"GENERATED {kind} AS IDENTITY"
    if sequence is None:
        return clause
    return f"{clause} (SEQUENCE NAME {quoting.name(schema, sequence.name)} {options(sequence)})"


def options(sequence: Sequence) -> str:
    """Return the options of a sequence, except its type."""
    cycle = "CYCLE" if sequence.cycle else "NO CYCLE"
    return (
        f"INCREMENT BY {sequence.increment} MINVALUE {sequence.minimum} MAXVALUE {sequence.maximum}"
        f" START WITH {sequence.start} CACHE {sequence.cache} {cycle}"
    )


def changed_options(wanted: str | None, found: str | None) -> Iterator[str]:
    r"""Yield the clauses that change options, as ALTER TABLE takes them.

    >>> list(changed_options("fillfactor=70", "autovacuum_enabled=false, fillfactor=70"))
    ['RESET ("autovacuum_enabled")']
    >>> list(changed_options("fillfactor=70, toast.autovacuum_enabled=false", None))
    ['SET ("fillfactor" = \'70\', toast."autovacuum_enabled" = \'false\')']
    """
    new, old = _options(wanted), _options(found)
    gone = [_option_name(key) for key in old if key not in new]
    changed = [
        f"{_option_name(key)} = {quoting.literal(new[key])}"
        for key in new
        if new[key] != old.get(key)
    ]
    if gone:
        yield f"RESET ({', '.join(gone)})"
    if changed:
        yield f"SET ({', '.join(changed)})"


def changed_foreign_options(
    wanted: str | None, found: str | None, *, keyword: str = "ADD "
) -> Iterator[str]:
    r"""Yield the clause that changes the options of a foreign column, as ALTER TABLE takes it.

    >>> list(changed_foreign_options("key=true, size=2", "age=1, size=1"))
    ['OPTIONS (DROP "age", ADD "key" \'true\', SET "size" \'2\')']
    """
    new, old = _options(wanted), _options(found)
    gone = [f"DROP {quoting.name(key)}" for key in old if key not in new]
    changed = [
        f"{'SET ' if key in old else keyword}{quoting.name(key)} {quoting.literal(value)}"
        for key, value in new.items()
        if old.get(key) != value
    ]
    if gone or changed:
        yield f"OPTIONS ({', '.join([*gone, *changed])})"


def _options(text: str | None) -> dict[str, str]:
    pairs = (option.partition("=") for option in (text or "").split(", ") if option)
    return {key: value for key, _, value in pairs}


def _option_name(key: str) -> str:
    toast, dot, option = key.rpartition(".")
    return f"{toast}{dot}{quoting.name(option)}"


def comment(where: ObjectPath, on: str, text: str | None) -> Step:
    """Return the step that sets a comment; ``on`` names kind and object."""
    return Step(where, Phase.COMMENT, f"COMMENT ON {on} IS {quoting.literal(text)}")
