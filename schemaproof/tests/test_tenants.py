"""Tenants: each schema has its own lock, version table and ledger, and is compared by itself."""

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from schemaproof.migrate.migrator_lock import RUN, SPACE, locks_for
from schemaproof_testing.migrators import wait_for
from schemaproof_testing.servers import Database
from schemaproof_testing.tenants import TENANTS, Tenants, make_tenants

pytestmark = pytest.mark.slow


@pytest.fixture(params=["public", "tenant"])
def tenants(request: pytest.FixtureRequest, tmp_path: Path, database: Database) -> Tenants:
    """Three tenants; snapshots contain the usual schema name, or the name of a tenant's schema."""
    return make_tenants(tmp_path, database, request.param)


def test_each_tenant_is_migrated_and_compared_with_the_snapshots(tenants: Tenants) -> None:
    assert tenants.done("check", "--offline").out.startswith("in sync: ")
    done = tenants.upgrade(*TENANTS)
    assert done.out.count("in sync: ") == 6, done.out
    assert [tenants.at(one) for one in TENANTS] == [["a2"]] * 3
    for one in TENANTS:
        ledger = f'SELECT revision FROM "{one}".schemaproof_ledger ORDER BY id'
        assert tenants.ask(ledger) == ["a1", "a2"]
        assert tenants.ask(f"""SELECT to_regclass('"{one}".purchase') IS NOT NULL""") == [True]
    assert tenants.ask("SELECT to_regclass('public.customer')") == [None]
    assert tenants.findings() == {}
    assert tenants.done("check").out.startswith("in sync: ")


def test_one_drifted_tenant_is_found_and_named_and_refuses_itself_alone(tenants: Tenants) -> None:
    tenants.upgrade(*TENANTS, to="a1")
    tenants.ask("ALTER TABLE customer_2.customer ADD COLUMN by_hand int")
    tenants.upgrade("customer_1")
    assert tenants.findings() == {
        "customer_2.customer.by_hand": "column-unexpected",
        "customer_2.a2": "revision-pending",
        '"Customer 3".a2': "revision-pending",
    }
    assert tenants.findings("--tenant", "customer_1") == {}
    assert set(tenants.findings("--tenant", "Customer 3")) == {'"Customer 3".a2'}
    refused = tenants.run("upgrade", "head", program="alembic", TENANTS="customer_2")
    assert refused.code == 1
    assert "column-unexpected customer_2.customer.by_hand" in refused.text
    tenants.upgrade("Customer 3")
    assert [tenants.at(one) for one in TENANTS] == [["a2"], ["a1"], ["a2"]]
    repair = tenants.run("check", "--sql", "--destructive", "--tenant", "customer_2").out
    assert 'ALTER TABLE "customer_2"."customer" DROP COLUMN "by_hand";' in repair


def test_a_constraint_is_compared_with_the_names_of_the_tenant(tenants: Tenants) -> None:
    tenants.upgrade(*TENANTS)
    tenants.database.execute_each(
        "ALTER TABLE customer_1.purchase DROP CONSTRAINT purchase_customer_id_fkey",
        "ALTER TABLE customer_1.purchase ADD CONSTRAINT purchase_customer_id_fkey"
        " FOREIGN KEY (customer_id) REFERENCES customer_2.customer",
        "ALTER TABLE customer_2.customer DROP CONSTRAINT named",
    )
    assert tenants.findings() == {
        "customer_1.purchase.purchase_customer_id_fkey": "foreign-key-changed",
        "customer_2.customer.named": "check-missing",
    }


@contextmanager
def locked(database: Database, number: int) -> Iterator[None]:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [SPACE, number])
        yield


def test_two_tenants_are_migrated_at_the_same_time_and_one_of_them_once(tenants: Tenants) -> None:
    tenants.upgrade(*TENANTS, to="a1")
    waits = {"URL": tenants.url, "MIGRATION_LOCK_TIMEOUT": "0"}
    programs = tenants.project.programs

    def start(tenant: str) -> subprocess.Popen[str]:
        return programs.start(
            "alembic", "upgrade", "head", stderr=subprocess.STDOUT, TENANTS=tenant, **waits
        )

    # A revision of the first tenant waits for a table, while the second tenant is migrated.
    with closing(tenants.database.connect()) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE customer_1.customer")
        first = start("customer_1")
        wait_for(
            lambda: (
                tenants.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                == [1]
            )
        )
        tenants.upgrade("customer_2")
        assert (tenants.at("customer_1"), tenants.at("customer_2")) == (["a1"], ["a2"])
        # Another migrator of the first tenant has to wait.
        given = {"TENANTS": "customer_1", "MIGRATION_WAIT_TIMEOUT": "300ms"}
        refused = tenants.run("upgrade", "head", program="alembic", **given)
        assert (refused.code, "another migrator is at work" in refused.text) == (6, True)
    printed, _ = first.communicate(timeout=120)
    assert first.returncode == 0, printed
    assert tenants.at("customer_1") == ["a2"]


def test_who_migrates_the_whole_database_keeps_tenants_out(tenants: Tenants) -> None:
    given = {"TENANTS": "customer_1", "MIGRATION_WAIT_TIMEOUT": "300ms"}
    with locked(tenants.database, RUN):
        refused = tenants.run("upgrade", "head", program="alembic", **given)
    assert (refused.code, "another migrator is at work" in refused.text) == (6, True)
    with locked(tenants.database, locks_for("customer_2").second):
        assert tenants.run("upgrade", "head", program="alembic", **given).code == 0


def test_a_tenant_is_undone_alone(tenants: Tenants) -> None:
    tenants.upgrade(*TENANTS)
    accept = ("-x", "accept-data-loss=true")
    tenants.done(*accept, "downgrade", "base", program="alembic", TENANTS="customer_1")
    assert tenants.at("customer_1") == []
    assert tenants.findings() == {
        "customer_1.a1": "revision-pending",
        "customer_1.a2": "revision-pending",
    }
    assert "a2" in tenants.done("history", "--tenant", "customer_1").out
    assert "none" in tenants.done("status", "--tenant", "customer_1").out


def test_a_tenant_that_is_not_there_is_named(tenants: Tenants) -> None:
    refused = tenants.run("upgrade", "head", program="alembic", TENANTS="customer_9")
    assert (refused.code, "there is no schema 'customer_9'" in refused.text) == (2, True)
    refused = tenants.run("check", "--tenant", "customer_9")
    assert (refused.code, "(customer_9)" in refused.err) == (2, True)
