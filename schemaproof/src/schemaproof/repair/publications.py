"""Publications, which are changed without dropping them, so that subscribers keep working."""

from collections.abc import Iterator
from typing import Any

from postgast import pg_query_pb2 as pg

from schemaproof.findings.steps import Phase, Step
from schemaproof.schema.database_objects import DatabaseObject
from schemaproof.schema.dependencies import Ref
from schemaproof.schema.paths import path
from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tokens import tokens


def altered(wanted: str, found: str) -> list[str] | None:
    """Return the statements that change one publication into the other; None when impossible."""
    new, old = sql_tree.statement(wanted), sql_tree.statement(found)
    if new.for_all_tables != old.for_all_tables:
        return None
    alter = f"ALTER PUBLICATION {path(new.pubname)}"
    objects, options = _parts(wanted)
    former, former_options = _parts(found)
    changes = []
    if objects != former:
        if not objects:
            changes.append(f"{alter} DROP {', '.join(_bare(old))}")
        else:
            changes.append(f"{alter} SET {objects}")
    if options != former_options:
        # An option that is not mentioned gets its default value.
        usual = {"publish_via_partition_root": "false", "publish_generated_columns": "none"}
        given = {one.def_elem.defname for one in new.options}
        gone = [one.def_elem.defname for one in old.options if one.def_elem.defname not in given]
        reset = [f"{name} = {usual[name]}" for name in gone if name in usual]
        changes.append(f"{alter} SET ({', '.join([options, *reset])})")
    return changes


def is_alterable(wanted: DatabaseObject, found: DatabaseObject) -> bool:
    """Whether a publication can be changed by removing and adding tables only."""
    changes = altered(str(wanted.definition), str(found.definition))
    return changes is not None and " FOR ALL TABLES " not in str(found.definition)


def made_again(ref: Ref, wanted: DatabaseObject, found: DatabaseObject) -> Iterator[Step]:
    """Remove the tables from the publication, and add those that belong to it."""
    new, old = (sql_tree.statement(str(one.definition)) for one in (wanted, found))
    alter = f"ALTER PUBLICATION {path(new.pubname)}"
    tables = [name for name in _bare(old) if name.startswith("TABLE ")]
    if tables:
        names = ", ".join(name.removeprefix("TABLE ") for name in tables)
        yield Step(ref.path, Phase.DROP_OBJECTS, f"{alter} DROP TABLE {names}", drops=ref)
    for sql in altered(str(wanted.definition), str(found.definition)) or ():
        if not sql.startswith(f"{alter} SET TABLE"):
            yield Step(ref.path, Phase.CREATE_OBJECTS, sql, makes=ref)
    objects, _ = _parts(str(wanted.definition))
    if objects:
        yield Step(ref.path, Phase.CREATE_OBJECTS, f"{alter} SET {objects}", makes=ref)


def _parts(definition: str) -> tuple[str, str]:
    """Return the objects of a publication, and its options."""
    read = tokens(definition)
    last = max(place for place, one in enumerate(read) if one.kind == pg.Token.WITH)
    start = read[3].start if len(read) > 3 and read[3].text.upper() == "FOR" else None  # noqa: PLR2004
    objects = definition[start + 3 : read[last].start].strip() if start is not None else ""
    options = definition[read[last + 1].start :].strip()
    return objects, options[1:-1]


def _bare(tree: Any) -> list[str]:
    """Return the objects of a publication as ALTER PUBLICATION DROP expects them."""
    found = []
    for one in (node.publication_obj_spec for node in tree.pubobjects):
        if one.pubobjtype == pg.PUBLICATIONOBJ_TABLE:
            found.append(f"TABLE {path(*sql_tree.relation(one.pubtable.relation))}")
        else:
            found.append(f"TABLES IN SCHEMA {path(one.name)}")
    return found
