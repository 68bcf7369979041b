"""Print the SQL of revisions where env.py only supports connections, and alone has the models."""

from pathlib import Path

import pytest

from schemaproof.probe.client import RefusedError
from schemaproof_testing import probed
from schemaproof_testing.probed import Probed, place
from schemaproof_testing.servers import Database


@pytest.mark.parametrize("env", [probed.SYNC, probed.POSITIONAL, probed.ASYNC, probed.FROM_CONFIG])
def test_it_is_told_where_there_is_a_database_to_connect_to(
    folder: Path, database: Database, env: str
) -> None:
    project = Probed(folder, f"print('runs', flush=True)\n{env}", options={"metadata": []}).make()
    with project.probe() as probe:
        with pytest.raises(RefusedError) as refused:
            probe.ask("statements", revisions=["a1", "a2"])
        assert refused.value.kind in {"nowhere", "no-target"}
        found = probe.ask("statements", at=place(database), revisions=["a1", "a2"])
    [created], [added] = (one["statements"] for one in found)
    assert "CONSTRAINT pk_customer PRIMARY KEY" in created["sql"]
    assert "ADD COLUMN" in added["sql"]
    assert database.query("SELECT to_regclass('customer') IS NULL") == [(True,)]
