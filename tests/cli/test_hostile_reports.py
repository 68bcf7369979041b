"""Control sequences in the ledger, findings, plans and imports never reach the terminal."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from cli import legacy_report, logs
from loading.legacy.report import ColumnAccount, ImportReport, RefusedRow, TableAccount
from schemaproof.adopt.adoption import Adoption, Relation
from schemaproof.cli import adoption_report, ledger_rows, lint_report, plan_report
from schemaproof.lint.findings import Level, LintFinding
from schemaproof.lint.plan import PlannedRevision
from schemaproof.output.documents import (
    visible,
)
from schemaproof.project import Project
from schemaproof.report import script
from schemaproof_testing.findings import make_difference
from schemaproof_testing.hostile import COMMAND, is_harmless
from tests.support.hostile_values import MARKUP, each_hostile, hostile

LEDGER: Final[Mapping[str, Any]] = {
    "id": 1,
    "started_at": datetime(2026, 11, 1, tzinfo=UTC),
    "duration": timedelta(seconds=1),
    "outcome": "failed",
    "role": "monps",
    "os_user": "me",
    "host": "here",
    "direction": "upgrade",
    "revision": "abc",
    "error": "no",
    "findings": [],
    "allowed": ["drift"],
    "reason": "because",
    "objects_created": [],
}


@hostile
def test_rows_of_the_ledger_in_every_column(value: str) -> None:
    for name, harmless in LEDGER.items():
        if isinstance(harmless, str):
            rows = [{**LEDGER, name: value}]
            assert is_harmless(ledger_rows.as_text(rows))
            assert json.loads(ledger_rows.as_json(rows))[0][name] == value
    assert is_harmless(ledger_rows.as_text([{**LEDGER, "allowed": [value]}]))


@hostile
def test_findings_of_the_linter_in_every_field(value: str) -> None:
    root = Path("/project")
    path = root / os.fsdecode(value.encode("utf-8", "replace").replace(b"\0", b"?"))
    found = [LintFinding("rule", Level.ERROR, value, path, 1, value, value)]
    assert is_harmless(lint_report.as_text(found, root, looked_at=1))
    for write in (lint_report.as_json, lint_report.as_sarif, lint_report.as_gitlab):
        assert is_harmless(write(found, root))
    *_, row = lint_report.as_markdown(found, root).split("\n")
    assert row.count("|") == 5
    assert not set(re.sub(r"</?code>|&#\d+;|`rule`", "", row)) & MARKUP
    [command] = lint_report.as_github(found, root).split("\n")
    assert re.fullmatch(r"::error file=[^:,]*,line=1,title=rule::.*", command)
    assert command.isprintable()


@hostile
def test_what_an_upgrade_will_do_in_every_field(value: str) -> None:
    planned = PlannedRevision(
        id=value,
        title=value,
        phase="contract",
        phase_reason=value,
        unprintable=value,
        statements=(),
        changes=(make_difference("table-missing", value, value, value),),
        loses=(value,),
        undo_loses=(value,),
        checks=(),
    )
    for whole in (True, False):
        text = plan_report.as_text([planned, planned], looked_at=2, whole_sql=whole)
        assert is_harmless(text)
    assert is_harmless(plan_report.as_json([planned]))
    shown = plan_report.as_markdown([planned], looked_at=2, whole_sql=True)
    inside = shown.partition("<pre>")[2].partition("</pre>")[0]
    assert not set(re.sub(r"&#\d+;", "", inside)) & MARKUP


@hostile
def test_reports_about_an_existing_database_in_every_field(value: str) -> None:
    relation = Relation(value, value, value, value, 3)
    adoption = Adoption(
        revision=value,
        ours=(relation,),
        untouched=(relation,),
        blocking=(relation,),
        foreign=(relation,),
        elsewhere=((value, 2),),
        accepted=(),
    )
    project = Project(Path("/p"), Path("/p/migrations"))
    for write in (adoption_report.as_text, adoption_report.as_json):
        assert is_harmless(write(adoption, project, None))


@hostile
def test_an_import_in_every_field(value: str) -> None:
    table = TableAccount(
        source=value,
        target=value,
        rows=1,
        refused=(RefusedRow(1, value),),
        columns=(ColumnAccount(value, value),),
        notes=(value,),
    )
    done = ImportReport((table, replace(table, target=None)), absent=(value,), dry_run=True)
    for write in (legacy_report.as_text, legacy_report.as_json):
        assert is_harmless(write(done))


@each_hostile
def test_the_log_shows_values_as_text(value: str) -> None:
    event = logs._escaped(None, "warning", {"event": value, "count": 3})
    assert event["count"] == 3
    assert event["event"] == visible(value)


@pytest.mark.parametrize(
    "statement", ['SELECT 1 AS "{}"', "COMMENT ON TABLE t IS '{}'", "DO $x${}$x$", "SELECT E'{}'"]
)
@each_hostile
def test_sql_is_printed_without_a_control_character(statement: str, value: str) -> None:
    value = value.replace("\\", "\\\\") if " E'" in statement else value
    quoted = value.replace('"', '""').replace("'", "''").replace("$x$", "")
    printed = script.script(statement.format(quoted))
    assert printed.replace("\n", "").replace("\t", "").isprintable() or has_bytes(value)
    assert not COMMAND.search(printed)
    comment = script.commented(statement.format(quoted))
    assert all(one.startswith("--") for one in re.split(r"[\r\n]", comment))


def has_bytes(value: str) -> bool:
    return any("\ud800" <= one <= "\udfff" for one in value)
