"""Run squawk on the SQL of revisions: https://squawkhq.com, package squawk-cli."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from schemaproof.errors import ConfigurationError, SchemaproofError
from schemaproof.lint.findings import Level, LintFinding
from schemaproof.lint.lock_modes import Work
from schemaproof.lint.partitioned import is_about_whole
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.statements import Statement

# These rules are not used, for the reason that stands beside them.
EXCLUDED: Final = {
    "prefer-text-field": "lengths are part of the models",
    "prefer-bigint-over-int": "the width of a key is the model's decision",
    "prefer-bigint-over-smallint": "the width of a key is the model's decision",
    "require-lock-timeout": "the runner sets it",
    "require-statement-timeout": "the runner sets it where one is configured",
    "prefer-robust-stmts": "a revision is one transaction, and is applied in full or not at all",
    "transaction-nesting": "the rule transaction-control covers it",
    "require-timeout-settings": "the runner sets them",
}
# The snapshots around the revision say more precisely whether a statement needs this work.
_ABOUT_WORK: Final = frozenset(
    {"adding-field-with-default", "adding-not-nullable-field", "changing-column-type"}
)
# A revision that breaks the application in this way has to declare it.
_ABOUT_CLIENTS: Final = frozenset(
    {
        *("ban-drop-column", "ban-drop-sequence", "ban-drop-table", "ban-drop-type"),
        *("ban-drop-function", "ban-drop-view", "renaming-column", "renaming-table"),
    }
)
_ABOUT_NAMES: Final = frozenset({"renaming-column", "renaming-table"})
# A partitioned table does not have what these rules ask for, or it was done for each partition.
_ABOUT_PARTITIONS: Final = frozenset(
    {
        *("require-concurrent-index-creation", "require-concurrent-index-deletion"),
        *("disallowed-unique-constraint", "adding-foreign-key-constraint"),
        *("constraint-missing-not-valid", "adding-serial-primary-key-field"),
    }
)
_PG_VERSION: Final = "15"  # This is the oldest supported version.
_SECONDS: Final = 120


def lint(revisions: Sequence[LintedRevision]) -> Iterator[LintFinding]:
    """Yield squawk's findings, each mapped back to the revision and the line.

    Raises:
        ConfigurationError: squawk is not installed.
        SchemaproofError: squawk failed.
    """
    pieces = [
        (revision, autocommit, list(statements))
        for revision in revisions
        for autocommit, statements in groupby(
            revision.statements, key=lambda statement: statement.autocommit
        )
    ]
    with tempfile.TemporaryDirectory(prefix="schemaproof-lint-") as folder:
        files: dict[str, tuple[LintedRevision, Sequence[Statement]]] = {}
        names: dict[bool, list[str]] = {False: [], True: []}
        for number, (revision, autocommit, statements) in enumerate(pieces):
            path = Path(folder) / f"{number}.sql"
            path.write_text(_joined(statements), "utf-8")
            files[str(path)] = (revision, statements)
            names[autocommit].append(str(path))
        for autocommit, paths in names.items():
            if paths:
                yield from _mapped(_run(paths, in_transaction=not autocommit), files)


def require_program() -> Path:
    """Return the path of squawk.

    Raises:
        ConfigurationError: squawk is not installed.
    """
    program = Path(sys.executable).with_name("squawk")
    if not program.exists():
        raise ConfigurationError("squawk is not installed", remedy="pip install squawk-cli")
    return program


def _joined(statements: Iterable[Statement]) -> str:
    return "".join(f"{statement.sql};\n" for statement in statements)


def _run(paths: Sequence[str], *, in_transaction: bool) -> list[dict[str, Any]]:
    done = subprocess.run(  # noqa: S603 - our own arguments
        [
            str(require_program()),
            *("--reporter", "json", "--pg-version", _PG_VERSION),
            *(f"--exclude={rule}" for rule in EXCLUDED),
            *(["--assume-in-transaction"] if in_transaction else ["--no-assume-in-transaction"]),
            *paths,
        ],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
        # In this folder there is no configuration file of the project or of the user.
        cwd=Path(paths[0]).parent,
    )
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    except json.JSONDecodeError as error:
        reason = " ".join((done.stderr or done.stdout).split())
        raise SchemaproofError(f"squawk failed: {reason}") from error
    return found


def _mapped(
    found: Iterable[Mapping[str, Any]],
    files: Mapping[str, tuple[LintedRevision, Sequence[Statement]]],
) -> Iterator[LintFinding]:
    for one in found:
        revision, statements = files[one["file"]]
        rule, (statement, below) = one["rule_name"], _placed(statements, int(one["line"]))
        if revision.is_declared_contract and rule in _ABOUT_CLIENTS:
            continue
        if statement and _is_known_better(rule, statement):
            continue
        yield LintFinding(
            rule=rule,
            level=Level.WARNING if one["level"] == "Warning" else Level.ERROR,
            revision=revision.id,
            path=revision.path,
            line=statement.line + below if statement else 1,
            message=one["message"],
            remedy=one["help"] or "",
        )


def _is_known_better(rule: str, statement: Statement) -> bool:
    """Whether the snapshots around the revision prove that the rule does not apply."""
    if rule in _ABOUT_WORK:
        return _changes_catalog_only(statement)
    if rule in _ABOUT_PARTITIONS:
        return is_about_whole(statement.tree, statement.columns.relations)
    return rule in _ABOUT_NAMES and statement.columns.are_names_kept(statement.tree)


def _changes_catalog_only(statement: Statement) -> bool:
    return all(lock.work is Work.CATALOG for lock in statement.locks)


def _placed(statements: Sequence[Statement], line: int) -> tuple[Statement | None, int]:
    """Find the statement for a line of the joined statements, from 0, and the line within it."""
    start = 0
    for statement in statements:
        height = statement.sql.count("\n") + 1
        if line < start + height:
            return statement, line - start if statement.verbatim else 0
        start += height
    return None, 0
