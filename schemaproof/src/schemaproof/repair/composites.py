"""Change composite types: add and drop attributes, also while columns have the type."""

from itertools import pairwise
from typing import Final

from postgast import pg_query_pb2 as pg

from schemaproof.repair.alterations import alterations, statements
from schemaproof.schema.paths import path
from schemaproof.schema.values import SqlText
from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tokens import tokens

DROP: Final = " DROP ATTRIBUTE "


@sql_tree.unless_analysed(otherwise=None)
def altered(name: str, wanted: SqlText, found: SqlText) -> list[str] | None:
    """Return the statements that change one type into the other; None when impossible."""
    (create, *comments), (former, *old_comments) = statements(wanted), statements(found)
    new, old = _attributes(create), _attributes(former)
    kept = [attribute for attribute in old if attribute in new]
    if list(new)[: len(kept)] != kept or any(new[one] != old[one] for one in kept):
        return None
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    changes = [f"ALTER TYPE {name}{DROP}{one}" for one in gone]
    changes += [f"ALTER TYPE {name} ADD ATTRIBUTE {one} {new[one]}" for one in come]
    # Dropping an attribute also drops its comment.
    there = [text for text in old_comments if not any(f".{one} IS " in text for one in gone)]
    after = alterations(SqlText((_joined(create, comments),)), SqlText((_joined(create, there),)))
    return None if after is None else [*changes, *after]


def _joined(create: str, comments: list[str]) -> str:
    return ";\n".join([create, *comments])


def _attributes(create: str) -> dict[str, str]:
    """Return the type of each attribute as it is written, in their order."""
    columns = [one.column_def for one in sql_tree.statement(create).coldeflist]
    read = tokens(create)
    begin = next(place for place, one in enumerate(read) if one.text == "(")
    depth, starts = 0, [read[begin].start + 1]
    for one in read[begin:]:
        depth += {"(": 1, ")": -1}.get(one.text, 0)
        if depth == (1 if one.kind == pg.Token.ASCII_44 else 0):
            starts.append(one.start + 1)
    texts = [create[a : b - 1].strip() for a, b in pairwise(starts)]
    names = [path(column.colname) for column in columns]
    pairs = zip(names, texts, strict=False)
    return {str(name): text.removeprefix(name).strip() for name, text in pairs}
