"""The plan of an upgrade for each tenant, and the metrics of tenants."""

import json
from pathlib import Path

import pytest

from schemaproof_testing.servers import Database
from schemaproof_testing.tenants import Tenants, make_tenants

pytestmark = pytest.mark.slow

NOT_NULL = 'op.execute("ALTER TABLE customer ALTER name SET NOT NULL")'
MORE = "op.alter_column('customer', 'name', existing_type=sa.String(50), nullable=True)"


@pytest.fixture(params=["public", "tenant"])
def tenants(request: pytest.FixtureRequest, tmp_path: Path, database: Database) -> Tenants:
    """A tenant at the head, one behind it whose rows prevent the upgrade, and a new one."""
    made = make_tenants(tmp_path, database, request.param)
    made.project.revision("a3", "a2", NOT_NULL)
    file = made.project.versions / "a3_.py"
    file.write_text(file.read_text("utf-8").replace("    pass", f"    {MORE}"), "utf-8")
    models = made.project.folder / "models.py"
    text = models.read_text("utf-8").replace("String(50))", "String(50), nullable=False)")
    models.write_text(text, "utf-8")
    made.done("snapshot")
    made.upgrade("customer_1")
    made.upgrade("customer_2", to="a2")
    made.ask("INSERT INTO customer_2.customer VALUES (1, NULL) RETURNING 1")
    made.ask("INSERT INTO customer_1.customer VALUES (1, 'a') RETURNING 1")
    made.database.execute_each("ANALYZE customer_2.customer")
    return made


def test_a_plan_says_what_each_tenant_will_get(tenants: Tenants) -> None:
    planned = json.loads(tenants.done("plan", "--format", "json").out)["revisions"]
    assert [(one["tenant"], one["id"]) for one in planned] == [
        ("Customer 3", "a1"),
        ("Customer 3", "a2"),
        ("Customer 3", "a3"),
        ("customer_2", "a3"),
    ]
    behind = planned[-1]
    [lock] = behind["statements"][0]["locks"]
    assert lock["lock"]["table"] == "customer_2.customer"
    assert lock["size"]["rows"] == 1
    assert [one["path"] for one in behind["changes"]] == ["customer_2.customer.name"]
    assert [one["count"] for one in behind["checks"]] == [1]
    text = tenants.done("plan", "--tenant", "customer_2").out
    assert text.startswith("customer_2.a3 Revision a3. [expand]\n")
    assert "ACCESS EXCLUSIVE on customer_2.customer (1 row, 8 kB)" in text
    assert text.rstrip().endswith("3 revisions, 1 pending")
    assert tenants.done("plan", "--tenant", "customer_1").out.endswith("nothing is pending\n")


def test_lint_asks_each_tenant_for_rows_in_the_way(tenants: Tenants) -> None:
    found = json.loads(tenants.run("lint", "--format", "json").out)["findings"]
    violated = [one for one in found if one["rule"] == "not-null-violated"]
    assert [(one["revision"], one["message"].partition(":")[0]) for one in violated] == [
        ("a3", "customer_2.customer")
    ]
    found = json.loads(tenants.run("lint", "--tenant", "Customer 3", "--format", "json").out)
    assert "not-null-violated" not in {one["rule"] for one in found["findings"]}
    refused = tenants.run("upgrade", "head", program="alembic", TENANTS="customer_2")
    assert (refused.code, "not-null-violated" in refused.text) == (5, True)
    tenants.upgrade("Customer 3")


def test_watch_has_revision_and_last_step_of_each_tenant(tenants: Tenants) -> None:
    page = tenants.project.folder / "metrics.prom"
    tenants.done("watch", "--output", str(page))
    lines = page.read_text("utf-8").splitlines()
    info = [one for one in lines if one.startswith("schemaproof_revision_info{")]
    assert info == [
        'schemaproof_revision_info{head="a3",revision="none",tenant="Customer 3"} 1.0',
        'schemaproof_revision_info{head="a3",revision="a3",tenant="customer_1"} 1.0',
        'schemaproof_revision_info{head="a3",revision="a2",tenant="customer_2"} 1.0',
    ]
    steps = [one for one in lines if one.startswith("schemaproof_migration_last_duration")]
    assert [one.partition("} ")[0].rpartition("tenant=")[2] for one in steps] == [
        '"customer_1"',
        '"customer_2"',
    ]
    assert 'schemaproof_migration_attempts_total{direction="upgrade",outcome="done"} 5.0' in lines
    assert "schemaproof_pending_revisions 4.0" in lines
