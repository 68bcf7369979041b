"""Generated changes of models: the written revisions are safe, and work on tables with rows."""

import os
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import drawn_changes, proved_changes, written
from schemaproof_testing.changed_models import Change

TABLES: Final = 10
"""Each changes by itself; they are written together, which costs less."""
EXAMPLES: Final = int(os.environ.get("MONPS_TEST_EXAMPLES", "3"))
"""Of ten changes each; the first is the plainest that there is."""


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(changes=st.tuples(*map(drawn_changes.changes, range(TABLES))))
def test_what_is_written_is_whole_and_safe(
    server: LocalServer, changes: tuple[Change, ...]
) -> None:
    with written.opened(server) as project:
        assert proved_changes.faults(project, [*changes]) == []
