"""After a migrator is killed or stopped at any point, the next one repeats nothing."""

import pytest

from schemaproof_testing.migrators import wait_for
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.servers import Database
from schemaproof_testing.twice import ONCE, SCENARIOS, Two

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_revision_is_applied_once(
    own_project: OwnProject, database: Database, scenario: str
) -> None:
    two = Two(own_project, database, wait_for)
    SCENARIOS[scenario](two)
    assert two.outcome() == ONCE
