"""The web service of examples/, on a real database."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

import core.config
import core.database
from core.errors import SchemaMismatchError
from examples.web import app
from tests.support.repository_rows import Store, team

pytestmark = pytest.mark.slow


@pytest.fixture
def client(configured_store: Store) -> Iterator[TestClient]:
    configured_store.add(team("Lazio", total_pnl=1.5), team("Leeds"))
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made


def pnl(store: Store, name: str) -> object:
    return store.ask("SELECT total_pnl FROM quantum.team_quantum_dna WHERE team_name = %s", name)


def test_reads_a_row(client: TestClient) -> None:
    response = client.get("/teams/Laz")
    assert response.status_code == 200
    assert response.json() == {"team_name": "Lazio", "league": "Serie A", "total_pnl": 1.5}


def test_writes_a_row_and_reads_it_from_that_position_on(
    client: TestClient, configured_store: Store
) -> None:
    response = client.post("/teams", json={"team_name": "Roma", "league": "Serie A"})
    assert response.status_code == 201
    position = response.headers["X-Position"]
    assert client.get("/teams/Roma", headers={"X-Position": position}).status_code == 200
    assert pnl(configured_store, "Roma") == [(None,)]


def test_the_dependency_commits(client: TestClient, configured_store: Store) -> None:
    assert client.put("/teams/Lazio/pnl?total_pnl=7").json()["total_pnl"] == 7
    assert pnl(configured_store, "Lazio") == [(7.0,)]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/teams/nobody", None, 404),
        ("GET", "/teams/l", None, 409),
        ("GET", "/teams/%20", None, 422),
        ("POST", "/teams", {"team_name": "Lazio", "league": "x"}, 409),
        ("POST", "/teams", {"team_name": "x" * 101, "league": "x"}, 422),
        ("PUT", "/teams/Lazio/pnl?total_pnl=nan", None, 422),
        ("PUT", "/teams/nobody/pnl?total_pnl=1", None, 404),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    client: TestClient, configured_store: Store, method: str, path: str, body: object, status: int
) -> None:
    response = client.request(method, path, json=body)
    assert response.status_code == status
    assert response.json()["detail"]
    assert configured_store.count("quantum.team_quantum_dna") == 2
    assert pnl(configured_store, "Lazio") == [(1.5,)]
    assert core.database.get_pool_status()["checked_out"] == 0


def test_a_position_that_is_none_is_refused(client: TestClient) -> None:
    response = client.get("/teams/Lazio", headers={"X-Position": "nonsense"})
    assert (response.status_code, "wait_for" in response.json()["detail"]) == (422, True)


def test_nobody_is_told_of_a_success_whose_commit_fails(
    client: TestClient, configured_store: Store
) -> None:
    configured_store.ask(
        "ALTER TABLE quantum.team_quantum_dna"
        " ADD CONSTRAINT late UNIQUE (total_pnl) DEFERRABLE INITIALLY DEFERRED"
    )
    assert client.put("/teams/Leeds/pnl?total_pnl=1.5").status_code == 500
    assert pnl(configured_store, "Leeds") == [(None,)]


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"database": True}


def test_it_does_not_start_on_another_schema(configured_store: Store) -> None:
    configured_store.ask("UPDATE alembic_version SET version_num = 'abbc4f65c12b'")
    with pytest.raises(SchemaMismatchError, match="abbc4f65c12b"), TestClient(app):
        raise AssertionError
