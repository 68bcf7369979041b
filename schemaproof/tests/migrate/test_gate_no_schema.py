"""The gate treats objects outside of schemas like other objects."""

from datetime import date

import pytest

from schemaproof.migrate import gate
from schemaproof.migrate.accepted import Accepted
from schemaproof.migrate.gate import Before, Policy
from schemaproof.schema.database_objects import DatabaseObject, Snapshot
from schemaproof.schema.values import SqlText
from schemaproof_testing.states import state

MADE = DatabaseObject(
    kind="extension", name="citext", definition=SqlText(("CREATE EXTENSION citext",))
)
NONE, CITEXT = Snapshot(), Snapshot(objects=(MADE,))


@pytest.mark.parametrize(
    ("before", "refused"),
    [
        pytest.param(Before(), ["extension citext"], id="nobody knows of it"),
        pytest.param(Before(ahead=state(CITEXT, CITEXT)), [], id="the next revision makes it"),
        pytest.param(Before(state=state(NONE, CITEXT)), [], id="it was there before"),
    ],
)
def test_an_extension_that_no_snapshot_has_is_refused_unless(
    before: Before, refused: list[str]
) -> None:
    accepted = Accepted(entries=(), head=None, managed=["ours"], today=date(2026, 11, 30))
    decision = gate.decide(Policy("new"), before, state(NONE, CITEXT), accepted)
    assert [one.path for one in decision.refused] == refused
