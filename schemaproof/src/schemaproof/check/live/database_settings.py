"""Settings of ALTER DATABASE and ALTER ROLE, and collations whose sort order may have changed.

Such settings (search_path, TimeZone, read-only, time-outs) affect every query. They are expected
only if the project declares them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from schemaproof.catalog.catalog_queries import query_rows, scope_parameters
from schemaproof.connection.raw_sql import AnyConnection, Row
from schemaproof.findings.codes import code
from schemaproof.findings.findings import Finding, Kind
from schemaproof.findings.steps import Phase, Step
from schemaproof.schema.codes import Code, Severity
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.scope import Scope
from schemaproof.sql import quoting

# These settings are lists of names, each of which is quoted (GUC_LIST_QUOTE in guc_tables.c).
_LISTS: Final = frozenset(
    {
        *("search_path", "temp_tablespaces", "session_preload_libraries"),
        *("local_preload_libraries", "shared_preload_libraries", "unix_socket_directories"),
    }
)
_LIMIT: Final = "connection_limit"
_OF_THE_DATABASE: Final = ("encoding", "lc_collate", "lc_ctype", _LIMIT)
_UNLIMITED: Final = "-1"


def setting_findings(
    connection: AnyConnection, scope: Scope, declared: Mapping[str, str]
) -> Iterator[tuple[Finding, Step | None]]:
    """Yield a finding for each setting that is not as declared.

    Args:
        connection: The database to read.
        scope: The project, with its roles.
        declared: Value by name; ``part.name`` for the setting of a role; ``encoding``,
            ``lc_collate`` and ``lc_ctype`` for the properties that a database gets when it is
            created; ``connection_limit`` for its number of sessions, which is not checked when it
            is missing.
    """
    rows = query_rows(
        connection, "database_settings", **scope_parameters(scope), managed=[*scope.managed]
    )
    expected = {name: value for name, value in declared.items() if name not in _OF_THE_DATABASE}
    # Each environment may decide the settings of the roles that the project names.
    named = {part for _, part in scope.roles}
    for row in rows:
        own = row["part"] == "database"
        name = row["name"] if own else f"{row['part']}.{row['name']}"
        wanted = expected.pop(name, None)
        if wanted is None and row["part"] in named:
            continue
        if wanted != row["value"]:
            finding = _finding(name, own=own, wanted=wanted, actual=row["value"])
            if row["tuning"]:
                finding = replace(finding, graded=Severity.OPERATIONAL)
            yield finding, _set(finding, row["alter"], row["name"], wanted)
    for name, value in sorted(expected.items()):
        own = name.partition(".")[0] not in _parts(scope)
        yield _finding(name, own=own, wanted=value, actual=None), None
    yield from _database_findings(connection, declared)


def collation_findings(
    connection: AnyConnection, scope: Scope
) -> Iterator[tuple[Finding, Step | None]]:
    """Yield a finding for each collation whose order may have changed since it was used."""
    schemas = [*scope.managed, *scope.shared]
    for row in query_rows(connection, "collation_versions", schemas=schemas):
        where = ObjectPath.parse(row["path"])
        about = code(row["code"])
        finding = Finding(about, Kind.DRIFT, where, row["recorded"], row["actual"])
        yield finding, _rebuild(where, row) if row["actual"] else None


def _rebuild(where: ObjectPath, row: Row) -> Step:
    """Return the step that rebuilds the indexes, then refreshes the recorded version."""
    indexes = [f"REINDEX INDEX {index}" for index in row["indexes"]]
    return Step(where, Phase.ALTER_OBJECTS, ";\n".join([*indexes, row["refresh"]]))


def _database_findings(
    connection: AnyConnection, declared: Mapping[str, str]
) -> Iterator[tuple[Finding, Step | None]]:
    (found,) = query_rows(connection, "database")
    wanted = {_LIMIT: _UNLIMITED, **declared}
    if found["encoding"] == "SQL_ASCII":
        actual = (
            "SQL_ASCII: texts are read as UTF-8; bytes that are not valid UTF-8 are kept unchanged"
        )
        path = _path("encoding", own=True)
        yield Finding(Code("encoding", "unverified"), Kind.UNVERIFIED, path, None, actual), None
    for name in _OF_THE_DATABASE:
        if name in wanted and wanted[name] != found[name]:
            given = wanted[name] if name in declared else None
            finding = _finding(name, own=True, wanted=given, actual=found[name])
            finding = replace(finding, expected=wanted[name])
            limit = _limit(finding.path, found["alter"], wanted[name])
            yield finding, limit if name == _LIMIT else None


def _limit(path: ObjectPath, alter: str, wanted: str) -> Step | None:
    if not wanted.removeprefix("-").isdecimal():
        return None
    return Step(path, Phase.ALTER_OBJECTS, f"{alter} CONNECTION LIMIT {wanted}")


def _finding(name: str, *, own: bool, wanted: str | None, actual: str | None) -> Finding:
    """Return the finding about a setting, with the key and value that would declare it."""
    value = actual if wanted is None else wanted
    where = f"{'' if wanted is None else 'declared '}in [tool.schemaproof.settings]"
    # A JSON string is a valid TOML string.
    hint = f"{where}: {json.dumps(name)} = {json.dumps(value)}"
    code = Code("database" if own else "role", "setting")
    return Finding(code, Kind.DRIFT, _path(name, own=own), wanted, actual, hint=hint)


def _path(name: str, *, own: bool) -> ObjectPath:
    where = "database" if own else "role"
    return ObjectPath(f"{where}.{name}", where, name)


def _parts(scope: Scope) -> set[str]:
    return {part for _, part in scope.roles} | {"owner", "current role"}


def _set(finding: Finding, alter: str, name: str, wanted: str | None) -> Step:
    if wanted is None:
        return Step(finding.path, Phase.ALTER_OBJECTS, f"{alter} RESET {quoting.name(name)}")
    value = wanted if name in _LISTS else quoting.literal(wanted)
    return Step(finding.path, Phase.ALTER_OBJECTS, f"{alter} SET {quoting.name(name)} TO {value}")
