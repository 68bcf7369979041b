"""``monps-db check`` as a role with few privileges."""

from collections.abc import Iterator

import pytest

from schemaproof_testing.project import Alembic, Programs, revisions
from schemaproof_testing.servers import Database, administration

pytestmark = pytest.mark.slow

HEAD = revisions()[-1]
ALL = len(revisions())


@pytest.fixture
def reader(migrated: Database) -> Iterator[dict[str, str]]:
    """A role that may only connect."""
    with administration(migrated.server) as cursor:
        cursor.execute("CREATE ROLE monps_reader LOGIN PASSWORD 'reader'")
    ours = "public.alembic_version, public.monps_migration_ledger"
    migrated.execute_each(f"GRANT SELECT ON {ours} TO monps_reader")
    try:
        yield {"DB_USER": "monps_reader", "DB_PASSWORD": "reader"}
    finally:
        migrated.execute_each(f"REVOKE ALL ON {ours} FROM monps_reader")
        with administration(migrated.server) as cursor:
            cursor.execute("DROP ROLE monps_reader")


def test_a_role_that_may_only_read_the_catalogs_is_enough(
    programs: Programs, reader: dict[str, str]
) -> None:
    assert programs.monps_db("check", **reader).code == 0


def test_a_version_that_may_not_be_read_is_unverified_and_the_closest_revision_is_compared(
    migrated: Database, programs: Programs, reader: dict[str, str]
) -> None:
    migrated.execute_each("REVOKE ALL ON public.alembic_version FROM monps_reader")
    outcome = programs.monps_db("check", **reader)
    assert (outcome.code, outcome.err) == (0, "")
    assert "version-unreadable public.alembic_version" in outcome.out
    assert f"compared with {HEAD}, whose schema is closest" in outcome.out
    assert "pending" not in outcome.out
    migrated.execute_each("DROP INDEX public.ix_odds_collected_at")
    assert programs.monps_db("check", **reader).code == 1
    assert "revision:  may not be read\n" in programs.monps_db("status", **reader).out


def test_an_older_schema_is_recognised_where_the_version_may_not_be_read(
    migrated: Database, programs: Programs, reader: dict[str, str]
) -> None:
    migrated.execute_each("REVOKE ALL ON public.alembic_version FROM monps_reader")
    Alembic(migrated).downgrade("8e94b0f2d617")
    outcome = programs.monps_db("check", **reader)
    assert outcome.code == 3
    assert "compared with 8e94b0f2d617" in outcome.out
    assert outcome.out.endswith(f"pending: {ALL - 3}, unverified: 1\n")


def test_a_ledger_that_may_not_be_read_is_unverified(
    migrated: Database, programs: Programs, reader: dict[str, str]
) -> None:
    migrated.execute_each("REVOKE ALL ON public.monps_migration_ledger FROM monps_reader")
    outcome = programs.monps_db("check", **reader).succeeded()
    assert "unverified [operational] ledger-unreadable" in outcome.out


def test_a_schema_that_may_not_be_used_is_unverified_as_well(
    migrated: Database, programs: Programs, reader: dict[str, str]
) -> None:
    migrated.execute_each("REVOKE USAGE ON SCHEMA public FROM PUBLIC")
    outcome = programs.monps_db("check", **reader)
    assert (outcome.code, outcome.err) == (0, "")
    assert "version-unreadable public.alembic_version" in outcome.out
