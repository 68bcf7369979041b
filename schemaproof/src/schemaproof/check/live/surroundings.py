"""Objects of other owners that affect the project's objects in a shared database.

A child that inherits from a table adds its rows to every query of the table; a schema that comes
first on a role's ``search_path`` hides the table; a role that may create objects in a shared schema
can create some that take the place of objects which statements name without a schema.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from schemaproof.catalog.catalog_queries import is_ignored, query_rows, scope_parameters
from schemaproof.connection.raw_sql import AnyConnection, Row
from schemaproof.findings.codes import code
from schemaproof.findings.findings import Finding, Kind
from schemaproof.findings.steps import Phase, Step
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.scope import Scope

_Found = Iterator[tuple[Finding, Step | None]]
_NAME: Final = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(?:,|$)')
_ROLES_NAMED: Final = 3
_CHUNKS: Final = "_timescaledb_"
_CHUNK: Final = (
    "but not this one, which holds rows of the table: it is a chunk of a hypertable, restored"
    " without its extension; install TimescaleDB, and restore again"
)


def surrounding_findings(connection: AnyConnection, scope: Scope) -> _Found:
    """Yield a finding for each object of another owner that affects the project.

    Args:
        connection: The database to read, within the current transaction.
        scope: The project whose objects are affected.
    """
    yield from _reaching_in(connection, scope)
    yield from _shadowing(connection, scope)


def _reaching_in(connection: AnyConnection, scope: Scope) -> _Found:
    own = scope.own or frozenset()
    found = query_rows(
        connection,
        "surroundings",
        schemas=[*scope.managed, *scope.shared],
        shared=[*scope.shared],
        **scope_parameters(scope),
    )
    for row in found:
        about = code(row["code"])
        if about.kind == "table":
            ours = (row["schema"], row["name"]) in own
            seen = (
                row["other_schema"] in scope.managed or (row["other_schema"], row["other"]) in own
            )
            if ours and not seen and not is_ignored(scope, row["schema"], row["name"]):
                yield _table_finding(row)
        elif about == Code("role", "connect"):
            where = ObjectPath(f"role.{row['name']}", "role", row["name"])
            finding = Finding(about, Kind.DRIFT, where, "may connect", "may not connect")
            yield finding, Step(where, Phase.GRANTS, row["repair"])
        elif (row["schema"], row["name"]) not in own:
            names = (row["schema"], row["name"]) if row["name"] else (row["schema"],)
            finding = Finding(about, Kind.DRIFT, path(*names), None, row["other"])
            yield finding, Step(finding.path, Phase.GRANTS, row["repair"], shared=True)


def _table_finding(row: Row) -> tuple[Finding, Step | None]:
    names = [name for name in (row["other_schema"], row["other"]) if name]
    where = path(row["schema"], row["name"])
    finding = Finding(code(row["code"]), Kind.DRIFT, where, None, path(*names))
    if row["repair"] is None:
        return finding, None
    if row["other_schema"].startswith(_CHUNKS):
        return replace(finding, hint=_CHUNK), None
    return finding, Step(where, Phase.ALTER_RELATIONS, row["repair"], shared=True)


def _shadowing(connection: AnyConnection, scope: Scope) -> _Found:
    own = sorted(scope.own or ())
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for schema, name in own:
        homes[name].append(schema)
    found = query_rows(
        connection,
        "namesakes",
        own_schemas=[schema for schema, _ in own],
        own_names=[name for _, name in own],
    )
    roles: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in found:
        schemas = search_path(row["path"], row["role"])
        for home in homes[row["name"]]:
            if home in schemas and row["schema"] in schemas[: schemas.index(home)]:
                roles[home, row["name"], row["schema"]].append(row["role"])
    for (home, name, schema), seeing in roles.items():
        if is_ignored(scope, home, name) or is_ignored(scope, schema, name):
            continue
        hint = f"for {', '.join(seeing[:_ROLES_NAMED])}"
        if (more := len(seeing) - _ROLES_NAMED) > 0:
            hint += f" and {more} more"
        actual = f"{path(schema, name)} comes first"
        yield (
            Finding(
                Code("table", "shadowed"), Kind.DRIFT, path(home, name), None, actual, hint=hint
            ),
            None,
        )


def search_path(text: str, role: str) -> list[str]:
    """Return the schemas that a ``search_path`` names for a role.

    >>> search_path('"$user", Public, "My, Own"', "ada")
    ['ada', 'public', 'My, Own']
    """
    names = (
        quoted.replace('""', '"') if quoted or not plain.strip() else plain.strip().lower()
        for quoted, plain in _NAME.findall(text)
    )
    return [role if name == "$user" else name for name in names if name]
