"""Which objects of a database are read, and which belong to others."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope
from schemaproof_testing.catalog_reading import SCOPE, live_snapshot
from schemaproof_testing.servers import Database, administration

OURS = frozenset({("public", "ours"), ("public", "free_ours"), ("public", "ours_id_seq")})
STATEMENTS = (
    "CREATE SCHEMA q",
    "COMMENT ON SCHEMA q IS 'ours'",
    "CREATE SCHEMA elsewhere",
    "CREATE TABLE elsewhere.t (id serial)",
    "CREATE TABLE public.ours (id serial)",
    "CREATE TABLE public.theirs (id serial)",
    "CREATE SEQUENCE public.free_ours",
    "CREATE SEQUENCE public.free_theirs",
    "CREATE SEQUENCE public.lent OWNED BY public.ours.id",
    "CREATE TABLE q.t (id serial)",
    "CREATE TABLE q.hidden (id serial)",
    'CREATE TABLE q."odd[1]" (id int)',
    "CREATE SEQUENCE q.s",
)


@pytest.fixture
def filled(any_database: Database) -> Database:
    any_database.execute_each(*STATEMENTS)
    return any_database


def names(snapshot: Snapshot) -> set[str]:
    return {f"{schema}.{name}" for schema, name in snapshot.object_names()}


MANAGED = {"q.t", "q.t_id_seq", "q.hidden", "q.hidden_id_seq", "q.odd[1]", "q.s"}
SHARED = {"public.ours", "public.ours_id_seq", "public.free_ours", "public.lent"}
THEIRS = {"public.theirs", "public.theirs_id_seq", "public.free_theirs"}


def scope(*ignored: str, own: frozenset[tuple[str, str]] | None = OURS) -> Scope:
    return Scope(managed=("q",), shared=("public",), ignored=ignored, own=own)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        pytest.param(
            scope(own=None), MANAGED | SHARED | THEIRS | {"extension.plpgsql"}, id="everything"
        ),
        pytest.param(scope(), MANAGED | SHARED, id="own"),
        pytest.param(scope(own=frozenset()), MANAGED, id="nothing shared"),
        pytest.param(
            scope("q.hidden"), MANAGED - {"q.hidden", "q.hidden_id_seq"} | SHARED, id="one"
        ),
        pytest.param(
            scope("q.h*"), MANAGED - {"q.hidden", "q.hidden_id_seq"} | SHARED, id="wildcard"
        ),
        pytest.param(
            scope("q.?"), MANAGED - {"q.t", "q.t_id_seq", "q.s"} | SHARED, id="one letter"
        ),
        pytest.param(scope("q.odd[1]"), MANAGED - {"q.odd[1]"} | SHARED, id="bracket"),
        pytest.param(scope("q.T"), MANAGED | SHARED, id="case"),
        pytest.param(scope("q.*", "public.*"), set(), id="nothing"),
    ],
)
def test_what_is_in_scope_is_read(filled: Database, chosen: Scope, expected: set[str]) -> None:
    assert names(live_snapshot(filled, chosen)) == expected


def test_comment_on_a_shared_schema_is_somebody_else_s(filled: Database) -> None:
    comments = {schema.name: schema.comment for schema in live_snapshot(filled, scope()).schemas}
    assert comments == {"q": "ours", "public": None}


@pytest.mark.parametrize(
    ("kind", "name"), [("TABLE", "q.t"), ("SEQUENCE", "q.s"), ("TABLE", "q.hidden")]
)
def test_member_of_an_extension_is_the_extension_s(filled: Database, kind: str, name: str) -> None:
    before = names(live_snapshot(filled))
    filled.superuser.execute_each(f"ALTER EXTENSION plpgsql ADD {kind} {name}")
    gone = {name, f"{name}_id_seq"} if kind == "TABLE" else {name}
    assert names(live_snapshot(filled)) == before - gone


def test_temporary_objects_of_other_sessions_are_not_read(filled: Database) -> None:
    before = live_snapshot(filled)
    with closing(filled.connect()) as other, other.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE t (id serial PRIMARY KEY)")
        cursor.execute("CREATE TEMPORARY SEQUENCE s")
        other.commit()
        assert live_snapshot(filled) == before


def test_schema_that_is_managed_nowhere_is_not_read(filled: Database) -> None:
    assert "elsewhere" not in {schema.name for schema in live_snapshot(filled).schemas}


@pytest.fixture
def stranger(filled: Database) -> Iterator[Database]:
    """The database as a role that may only connect."""
    role, password = f"stranger_{filled.name}", "x"
    with administration(filled.server) as cursor:
        cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
    yield Database(
        host=filled.host,
        port=filled.port,
        user=role,
        password=password,
        name=filled.name,
        server=filled.server,
    )
    with administration(filled.server) as cursor:
        cursor.execute(f"DROP ROLE {role}")


def test_role_that_may_only_connect_reads_the_same(filled: Database, stranger: Database) -> None:
    assert live_snapshot(stranger, SCOPE) == live_snapshot(filled, SCOPE)
