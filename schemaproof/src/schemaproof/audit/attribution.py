"""Find the recorded command that caused a difference."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from schemaproof.audit.commands import MOST_OBJECTS, Chosen, RecordedCommand, read_commands
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history.version_table import LiveHistory
from schemaproof.schema.codes import MISSING
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.scope import Scope

_NEWEST: Final = 1000
"""The number of newest commands that are searched besides those on the object: the record of GRANT
names no object, and that of RENAME has the new name."""
_SHOWN: Final = 1000
"""The number of characters of a statement that are read for a finding."""
_CHANGED: Final = frozenset({Kind.DRIFT, Kind.UNMODELLED, Kind.ACCEPTED})
_OF_GRANTS: Final = frozenset({"GRANT", "REVOKE", "ALTER DEFAULT PRIVILEGES"})
_GRANTED: Final = frozenset({"privileges", "open"})
"""The aspects of findings about privileges."""
_RENAMES: Final = re.compile(r"\b(rename|set\s+schema)\b", re.IGNORECASE)


def with_changes(
    connection: AnyConnection,
    scope: Scope,
    history: LiveHistory,
    findings: Sequence[Finding],
) -> tuple[Finding, ...]:
    """Add to each finding who caused it, if that is recorded.

    The record is read in one query, within the current transaction.

    Args:
        connection: The database; ``read_state`` has to find beforehand that reading is safe.
        scope: The project whose ledger names the migrator's commands.
        history: Whether the ledger exists and may be read.
        findings: The findings of a check.
    """
    wanted = sorted({name for one in findings if one.kind in _CHANGED for name in _names(one)})
    if not wanted:
        return tuple(findings)
    chosen = Chosen(names=wanted, newest=_NEWEST, longest=_SHOWN)
    recorded = read_commands(connection, scope, history, chosen)
    by_hand = [one for one in recorded if not one.by_migrator]
    return tuple(
        replace(one, changed_by=described(one, by_hand)) if one.kind in _CHANGED else one
        for one in findings
    )


def described(finding: Finding, commands: Iterable[RecordedCommand]) -> str | None:
    """Return who caused a finding, when and by which statement; None when it is not known.

    Args:
        finding: The finding to explain.
        commands: The recorded commands, the newest first.
    """
    ranked = [(fit, one) for one in commands if (fit := _fit(finding, one)) > 0]
    if not ranked:
        return None
    fit, best = max(ranked, key=lambda pair: (pair[0], pair[1].id))
    when = f"{best.recorded_at:%Y-%m-%d %H:%M:%S %Z}"
    perhaps = "perhaps " if fit == _ON_THE_OBJECT else ""
    return f"{perhaps}{best.who} at {when}, command {best.id}: {best.text}"


_ON_THE_OBJECT: Final = 1
_NAMES_IT: Final = 2
_OF_ITS_KIND: Final = 3


def _fit(finding: Finding, command: RecordedCommand) -> int:
    """Return how well a command explains a finding; 0 when it does not."""
    names_it = _mentions(command, finding.path)
    is_cut = len(command.objects) == MOST_OBJECTS and names_it
    is_on_it = is_cut or not set(_names(finding)).isdisjoint(command.names)
    if finding.code.aspect in _GRANTED and command.tag in _OF_GRANTS:
        return _OF_ITS_KIND if names_it else 0
    if not is_on_it:
        return _NAMES_IT if names_it and _RENAMES.search(command.statement or "") else 0
    is_other = (finding.code.aspect == "comment") != (command.tag == "COMMENT")
    if is_other or not names_it:
        return 0 if _names_all_it_changed(command) else _ON_THE_OBJECT
    is_drop = finding.code.aspect == MISSING and command.event == "sql_drop"
    return _OF_ITS_KIND if is_drop else _NAMES_IT


def _names_all_it_changed(command: RecordedCommand) -> bool:
    """Whether the recorded statement is complete and names everything that the command changed."""
    statement = (command.statement or "").lstrip().upper()
    copies = command.tag in {"CREATE TABLE", "CREATE TABLE AS", "SELECT INTO"}
    return command.kept == "whole" and statement.startswith(command.tag) and not copies


def _mentions(command: RecordedCommand, where: ObjectPath) -> bool:
    """Whether a command names an object, among the changed objects or in its statement."""
    own = _spellings(where.name)
    if any(one.names[-1] in own for one in command.objects if one.names):
        return True
    words = "|".join(map(re.escape, own))
    pattern = rf"(?<![\w$])(?:{words})(?![\w$])"
    return re.search(pattern, command.statement or "", re.IGNORECASE) is not None


def _names(finding: Finding) -> Iterator[str]:
    """Yield the names under which the record may hold the objects of a finding."""
    for where in finding.places:
        yield where
        if len(where.names) == 1:
            yield where.name
            continue
        schema, name, *parts = where.names
        yield from (f"{schema}.{spelled}" for spelled in _spellings(name))
        if parts:
            # The part may be an index, whose name belongs to the schema and not to the table.
            yield f"{schema}.{parts[-1]}"


def _spellings(name: str) -> set[str]:
    """Return the spellings of a name: unquoted, and as SQL quotes it."""
    head = name.partition("(")[0] if name.endswith(")") else name
    unquoted = head[1:-1].replace('""', '"') if head.startswith('"') else head
    return {name, unquoted} - {""}
