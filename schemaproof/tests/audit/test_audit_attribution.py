"""The recorded command that explains a difference is one that names the object."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemaproof.audit.attribution import described
from schemaproof.audit.commands import RecordedCommand, RecordedObject
from schemaproof.findings.findings import Finding, Kind
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath, path
from schemaproof_testing.findings import make_finding

TABLE = ("shop", "item")


def command(id_: int, statement: str | None, *names: str, **more: Any) -> RecordedCommand:
    """Return a recorded command with the names of its objects; GRANT has none."""
    identity = path(*names) if names else None
    values: dict[str, Any] = {
        "id": id_,
        "recorded_at": datetime(2026, 11, 30, 7, 0, id_, tzinfo=UTC),
        "tag": " ".join((statement or "ALTER TABLE").split()[:2]),
        "event": "ddl_command_end",
        "session_role": "ada",
        "set_role": None,
        "client_address": None,
        "application_name": "",
        "statement": statement,
        "kept": "whole" if statement else "omitted",
        "objects": (RecordedObject("table", identity, names, None),),
        "names": tuple({str(identity), ".".join(names[:2])}) if names else (),
        "transaction_id": "1",
        "by_migrator": False,
        **more,
    }
    return RecordedCommand(**values)


def explained(code: str, where: ObjectPath, *commands: RecordedCommand) -> str | None:
    found = described(make_finding(code, Kind.DRIFT, where, "a", "b"), commands)
    return found and found.partition("command ")[2]


COLUMN = path(*TABLE, "price")
ADD = command(1, "ALTER TABLE shop.item ADD price int", *TABLE)
LATER = command(2, "ALTER TABLE shop.item ADD other int", *TABLE)


def test_the_command_that_names_it_and_not_the_latest() -> None:
    assert explained("column-unexpected", COLUMN, LATER, ADD) == f"1: {ADD.statement}"


def test_the_latest_of_those_that_name_it() -> None:
    again = command(3, "ALTER TABLE shop.item ALTER price TYPE text", *TABLE)
    assert explained("column-type", COLUMN, again, LATER, ADD) == f"3: {again.statement}"


def test_a_command_that_says_something_else_is_not_it() -> None:
    assert explained("column-unexpected", COLUMN, LATER) is None
    elsewhere = command(3, "ALTER TABLE other.item ADD price int", "other", "item")
    assert explained("column-unexpected", COLUMN, elsewhere) is None


@pytest.mark.parametrize("statement", [None, "SELECT shop.repair()", "DO $$ BEGIN END $$"])
def test_what_is_not_known_to_be_something_else_is_perhaps_it(statement: str | None) -> None:
    unknown = command(3, statement, *TABLE, tag="ALTER TABLE")
    found = described(make_finding("column-type", Kind.DRIFT, COLUMN, "a", "b"), [unknown])
    assert found is not None
    assert found.startswith("perhaps ada at 2026-11-30 07:00:03 UTC, command 3: ")


def test_grants_name_no_object_and_say_it_in_their_statement() -> None:
    grant = command(3, "GRANT INSERT ON shop.item TO PUBLIC", tag="GRANT")
    comment = command(4, "COMMENT ON TABLE shop.item IS 'x'", *TABLE, tag="COMMENT")
    assert explained("table-privileges", path(*TABLE), comment, grant) == f"3: {grant.statement}"
    assert explained("table-comment", path(*TABLE), comment, grant) == f"4: {comment.statement}"
    later = command(5, "ALTER TABLE shop.item SET (fillfactor = 70)", *TABLE)
    assert explained("table-comment", path(*TABLE), later, comment) == f"4: {comment.statement}"
    assert explained("table-options", path(*TABLE), later, comment) == f"5: {later.statement}"
    assert explained("table-options", path(*TABLE), comment) is None


def test_a_table_that_has_another_name_now_was_renamed() -> None:
    rename = command(3, "ALTER TABLE shop.item RENAME TO thing", "shop", "thing")
    assert explained("table-missing", path(*TABLE), rename) == f"3: {rename.statement}"


def test_what_is_missing_was_dropped() -> None:
    drop = command(3, "DROP INDEX shop.by_price", "shop", "by_price", event="sql_drop")
    where = path(*TABLE, "by_price")
    assert explained("index-missing", where, drop) == f"3: {drop.statement}"


def test_functions_and_types_are_known_by_their_names() -> None:
    made = command(3, "CREATE FUNCTION shop.f(a int)", "shop", "f")
    where = path("shop").within("f(integer)")
    assert explained("function-unexpected", where, made) == f"3: {made.statement}"


def test_what_is_in_no_schema_is_known_by_its_name_without_its_kind() -> None:
    made = command(3, "CREATE EXTENSION citext", "citext", names=("citext",))
    where = ObjectPath.in_no_schema("extension", "citext")
    found = described(Finding(Code("extension", "unexpected"), Kind.DRIFT, where), [made])
    assert found is not None
    assert found.endswith(f"command 3: {made.statement}")


def test_who_acts_as_another_and_from_where_is_said() -> None:
    given = {"set_role": "owner", "client_address": "10.0.0.7", "application_name": "psql"}
    description = described(
        make_finding("column-unexpected", Kind.DRIFT, COLUMN, None, "b"),
        [command(1, "ALTER TABLE shop.item ADD price int", *TABLE, **given)],
    )
    assert description is not None
    assert description.startswith("ada as owner from 10.0.0.7 (psql) at 2026-11-30")
