"""Changes of the audit's own objects are found, and can be undone."""

from contextlib import closing
from typing import Final

import pytest

from schemaproof.audit import state
from schemaproof.audit.state import read_state
from schemaproof.catalog.catalog import reading
from schemaproof.connection.raw_sql import rows
from schemaproof_testing import audits
from schemaproof_testing.audits import audit_state, does, superuser
from schemaproof_testing.servers import Database

audited = audits.audited

KNOWS_SETTING: Final = 170_000
T: Final = "schemaproof_audit.command"
FUNCTION: Final = "CREATE OR REPLACE FUNCTION schemaproof_audit.record() RETURNS event_trigger"
# Each statement alters the audit; the value is the code of the finding.
ALTERATIONS: Final = {
    "ALTER EVENT TRIGGER schemaproof_audit_command DISABLE": "audit-disabled",
    "ALTER EVENT TRIGGER schemaproof_audit_drop ENABLE": "audit-disabled",
    "ALTER EVENT TRIGGER schemaproof_audit_drop ENABLE REPLICA": "audit-disabled",
    "DROP EVENT TRIGGER schemaproof_audit_command": "audit-disabled",
    "DROP EVENT TRIGGER schemaproof_audit_drop; DROP EVENT TRIGGER schemaproof_audit_command": (
        "audit-disabled"
    ),
    "ALTER EVENT TRIGGER schemaproof_audit_drop RENAME TO other": "audit-altered",
    f"{FUNCTION} LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN END'": "audit-altered",
    "ALTER FUNCTION schemaproof_audit.record() SECURITY INVOKER": "audit-altered",
    "ALTER FUNCTION schemaproof_audit.record() RESET search_path": "audit-altered",
    "ALTER FUNCTION schemaproof_audit.record() RENAME TO other": "audit-altered",
    "DROP FUNCTION schemaproof_audit.record() CASCADE": "audit-altered",
    f"DROP TABLE {T}": "audit-altered",
    f"ALTER TABLE {T} ADD COLUMN more int": "audit-altered",
    f"ALTER TABLE {T} DROP COLUMN statement": "audit-altered",
    f"ALTER TABLE {T} ALTER COLUMN statement SET NOT NULL": "audit-altered",
    f"ALTER TABLE {T} ALTER COLUMN statement SET DEFAULT 'x'": "audit-altered",
    f"ALTER TABLE {T} ALTER COLUMN recorded_at DROP DEFAULT": "audit-altered",
    f"ALTER TABLE {T} ALTER COLUMN tag TYPE varchar(10)": "audit-altered",
    f"ALTER TABLE {T} ADD CHECK (tag <> 'DROP TABLE')": "audit-altered",
    f"ALTER TABLE {T} SET UNLOGGED": "audit-altered",
    f"ALTER TABLE {T} ENABLE ROW LEVEL SECURITY": "audit-altered",
    f"CREATE RULE r AS ON INSERT TO {T} DO INSTEAD NOTHING": "audit-altered",
    f"CREATE TRIGGER t BEFORE INSERT ON {T} FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()": "audit-altered",
    "DROP INDEX schemaproof_audit.command_names": "audit-altered",
    f"COMMENT ON TABLE {T} IS 'nothing to see'": "audit-altered",
    f"GRANT INSERT ON {T} TO PUBLIC": "audit-altered",
    f"GRANT SELECT ON {T} TO PUBLIC": "audit-altered",
    f"GRANT UPDATE (statement) ON {T} TO pg_monitor": "audit-altered",
    f"GRANT SELECT ON {T} TO pg_monitor WITH GRANT OPTION": "audit-altered",
    "GRANT CREATE ON SCHEMA schemaproof_audit TO PUBLIC": "audit-altered",
    "GRANT USAGE ON SEQUENCE schemaproof_audit.command_id_seq TO pg_monitor": "audit-altered",
    "ALTER SEQUENCE schemaproof_audit.command_id_seq CYCLE": "audit-altered",
    "CREATE TABLE schemaproof_audit.mine (a int)": "audit-altered",
    "CREATE VIEW schemaproof_audit.mine AS SELECT 1 AS a": "audit-altered",
    "CREATE FUNCTION schemaproof_audit.lower(text) RETURNS text LANGUAGE sql AS 'SELECT 1'": (
        "audit-altered"
    ),
    "CREATE EVENT TRIGGER more ON ddl_command_start EXECUTE FUNCTION schemaproof_audit.record()": (
        "audit-altered"
    ),
}


@pytest.mark.slow
def test_each_alteration_is_found_and_taken_back(audited: Database) -> None:
    wrong = []
    with closing(audited.connect_superuser()) as connection:
        for statement, code in ALTERATIONS.items():
            does(connection, statement)
            found = read_state(connection)
            codes = {one.code for one in found.report.findings} if found else set()
            if code not in codes:
                wrong.append(f"{statement}: {codes}")
                connection.rollback()
                continue
            assert found is not None
            for step in found.report.repairs:
                rows(connection, step.sql)
            again = read_state(connection)
            if again is None or again.report.findings:
                wrong.append(f"{statement}: left {again and again.report.findings}")
            connection.rollback()
    assert not wrong, "\n".join(wrong)


def test_who_may_read_is_left_to_each_environment(audited: Database) -> None:
    with superuser(audited) as connection:
        does(connection, f"GRANT SELECT ON {T} TO pg_monitor")
        does(connection, "GRANT USAGE ON SCHEMA schemaproof_audit TO pg_monitor")
    found = audit_state(audited)
    assert found is not None
    assert found.report.findings == ()


def test_an_owner_who_could_not_have_made_it_is_named(audited: Database) -> None:
    with superuser(audited) as connection:
        does(connection, f"ALTER TABLE {T} OWNER TO {audited.user}")
    found = audit_state(audited)
    assert found is not None
    assert (found.strangers, found.may_read) == ((audited.user,), False)
    assert [one.code for one in found.report.findings] == ["audit-altered"]


def test_a_filled_table_is_said_and_what_is_old_is_deleted(
    audited: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with superuser(audited) as connection:
        does(connection, "CREATE TABLE public.t (a int)")
        does(connection, f"UPDATE {T} SET recorded_at = now() - interval '1 year'")
    monkeypatch.setattr(state, "MOST_BYTES", 1_000)
    found = audit_state(audited)
    assert found is not None
    assert [one.code for one in found.report.findings] == ["audit-filled"]
    [step] = found.report.repairs
    assert step.destructive
    with superuser(audited) as connection:
        does(connection, step.sql)
    assert audits.recorded(audited) == []


def test_event_triggers_that_are_switched_off_are_found(audited: Database) -> None:
    with superuser(audited) as connection:
        if connection.server_version < KNOWS_SETTING:
            return
        does(connection, f"ALTER DATABASE {audited.name} SET event_triggers = off")
        does(
            connection,
            f"ALTER ROLE {audited.user} IN DATABASE {audited.name} SET event_triggers = off",
        )
    found = audit_state(audited)
    assert found is not None
    assert [one.code for one in found.report.findings] == ["audit-disabled"] * 2
    with superuser(audited) as connection:
        for step in found.report.repairs:
            does(connection, step.sql)
    found = audit_state(audited)
    assert found is not None
    assert found.report.findings == ()


def test_a_role_that_may_not_read_it_is_told(audited: Database) -> None:
    with closing(audited.connect()) as connection, reading(connection):
        found = read_state(connection)
    assert found is not None
    assert not found.may_read
    assert [(one.code, one.kind) for one in found.report.findings] == [
        ("audit-unreadable", "unverified")
    ]
