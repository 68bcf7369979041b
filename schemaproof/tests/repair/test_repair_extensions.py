"""An extension in another schema is moved back, and objects that use it are kept."""

from collections.abc import Iterator

import pytest

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof.scratch.providers import find_providers
from schemaproof_testing.repaired import changed
from schemaproof_testing.servers import FAST, create_role, short_folder

WITH_CONTRIB = {
    f"{one.name}-{one.major}": one for one in find_providers() if "citext" in one.extensions
}


@pytest.fixture(scope="module", params=WITH_CONTRIB)
def contrib_server(request: pytest.FixtureRequest) -> Iterator[LocalServer]:
    with short_folder() as folder:
        made = LocalServer(folder, WITH_CONTRIB[request.param].binaries, FAST)
        try:
            made.start()
            create_role(made)
            yield made
        finally:
            made.stop()


@pytest.mark.slow
def test_an_extension_is_moved_back_into_its_schema(contrib_server: LocalServer) -> None:
    made = (
        "CREATE SCHEMA q; CREATE SCHEMA o; CREATE EXTENSION citext WITH SCHEMA q;"
        " CREATE TABLE q.t (name q.citext); INSERT INTO q.t VALUES ('x')"
    )
    with changed(contrib_server, made, "ALTER EXTENSION citext SET SCHEMA o") as done:
        assert "ALTER EXTENSION citext SET SCHEMA q" in done.script(destructive=False)
        assert done.repair(destructive=False) == []
        assert done.rows() == {"q.t": 1}


@pytest.mark.slow
def test_one_that_cannot_be_moved_is_marked_as_losing_what_uses_it(
    contrib_server: LocalServer,
) -> None:
    """An extension that was dropped is created again."""
    made = "CREATE SCHEMA q; CREATE EXTENSION citext WITH SCHEMA q"
    with changed(contrib_server, made, "DROP EXTENSION citext") as done:
        assert "CREATE EXTENSION citext" in done.script(destructive=False)
        assert done.repair(destructive=False) == []


def test_a_server_with_contrib_is_there() -> None:
    """Without such a server, the other tests of this module are skipped."""
    assert WITH_CONTRIB
