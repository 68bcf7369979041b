"""Generated changes of models: the linter has nothing to say about what was written for them."""

from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import changed_models, written
from schemaproof_testing.changed_models import Change

TABLES: Final = tuple(f"t{number}" for number in range(10))
"""Each changes by itself; they are written together, which costs less."""


@pytest.mark.slow
@settings(
    max_examples=2,  # of ten changes; `pytest --hypothesis-profile` of a night may ask for more
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(changed=st.fixed_dictionaries({name: changed_models.changes(name) for name in TABLES}))
def test_what_is_written_is_whole_and_safe(server: LocalServer, changed: dict[str, Change]) -> None:
    with written.opened(server) as project:
        project.models(changed_models.models({name: one.before for name, one in changed.items()}))
        project.write()
        project.models(changed_models.models({name: one.after for name, one in changed.items()}))
        made = project.write()
        assert (made.unwritten, made.left) == ((), ())
        findings = [one for one in project.lint(made) if "backfill-unfilled" not in one]
        assert findings == []
        assert project.write().files == ()
