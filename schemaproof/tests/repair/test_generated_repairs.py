"""Repair one generated schema, with rows, to another one; then the check finds nothing."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bench.drift.copies import new_database
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import depending_schemas
from schemaproof_testing.catalog_reading import connected
from schemaproof_testing.depending_schemas import ROWS, Schema, schemas
from schemaproof_testing.repaired import SCOPE, Changed, read

FOLLOWING = 5
"""The key after those of the four rows."""
ON_A_SERVER = settings(
    max_examples=10,
    deadline=None,
    # Shrinking a counter-example of two schemas would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.slow
@ON_A_SERVER
@given(wanted=schemas, found=schemas)
def test_one_schema_is_made_another_and_keeps_its_rows(
    server: LocalServer, wanted: Schema, found: Schema
) -> None:
    with new_database(server) as database:
        database.execute_each(*depending_schemas.statements(wanted))
        with connected(database) as connection:
            expected = read(connection, SCOPE)
    with new_database(server) as database:
        database.execute_each(*depending_schemas.statements(found), *ROWS.split(";\n"))
        done = Changed(database, expected)
        rows = done.rows()
        # A script without the statements that may lose data has to run, too.
        before = done.repair(destructive=False)
        assert done.rows() == rows
        script = done.script()
        after = done.repair()
        assert done.rows() == rows
        if "are left alone" in script:
            assert {*after} <= {*before}
            return
        assert [one for one in after if not _is_unmodelled(one)] == []
        assert done.ask("INSERT INTO q.t (c, m) VALUES ('7', 'a') RETURNING id") == FOLLOWING


def _is_unmodelled(finding: str) -> bool:
    """Whether a difference is an unexpected object, which a script never drops."""
    code, _, path = finding.partition(" ")
    return code.endswith("-unexpected") and path.count(".") <= 1
