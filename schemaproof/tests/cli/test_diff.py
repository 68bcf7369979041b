"""``diff`` between any two of: a revision, the models, a database, a snapshot file."""

import json
from typing import Any, Final

import pytest

from schemaproof.cli.reports import FORMATS
from schemaproof_testing.project import Alembic, Outcome, Programs, revisions
from schemaproof_testing.servers import Database, create_database

FIRST, *_, HEAD = revisions()
CHANGES: Final = """
ALTER TABLE public.odds DROP COLUMN line CASCADE;
ALTER TABLE public.odds ALTER COLUMN bookmaker TYPE text, ALTER COLUMN market DROP NOT NULL;
CREATE INDEX by_hand ON quantum.team_quantum_dna (league);
CREATE TABLE quantum."größe" ();
CREATE VIEW quantum.seen AS SELECT 1 AS one;
CREATE TYPE quantum.mood AS ENUM ('good');
CREATE SEQUENCE quantum.numbers;
"""


def differences(outcome: Outcome) -> set[tuple[Any, ...]]:
    """Return kind, code and path of each difference in a report."""
    keys = ("code", "path", "expected", "actual")
    return {tuple(one[key] for key in keys) for one in json.loads(outcome.out)["findings"]}


def url_and_password(database: Database) -> tuple[str, dict[str, str]]:
    """Return the URL without the password, and the environment variable with it."""
    url = f"postgresql://{database.user}@/{database.name}?host={database.host}&port={database.port}"
    return url, {"PGPASSWORD": database.password}


@pytest.mark.slow
@pytest.mark.usefixtures("own_history")
def test_a_revision_the_models_a_database_and_a_file_are_the_same(
    migrated: Database, programs: Programs
) -> None:
    url, password = url_and_password(migrated)
    names = ("head", HEAD, HEAD[:6], "models", "live", url, f"migrations/snapshots/{HEAD}.json")
    for first, second in zip(names, [*names[1:], names[0]], strict=True):
        outcome = programs.monps_db("diff", first, second, **password)
        assert (outcome.code, outcome.err) == (0, ""), (first, second)
        assert outcome.out.startswith("in sync: ")


def test_it_says_of_a_database_what_a_check_says(migrated: Database, programs: Programs) -> None:
    migrated.execute(CHANGES)
    checked = differences(programs.monps_db("check", "--format", "json"))
    compared = programs.monps_db("diff", "head", "live", "--format", "json")
    assert (compared.code, differences(compared)) == (1, checked)
    assert len(checked) == 10
    turned = programs.monps_db("diff", "live", "head", "--format", "json")
    assert len(differences(turned)) == len(checked)


@pytest.mark.slow
@pytest.mark.parametrize("format_", FORMATS)
def test_it_has_the_formats_of_a_check(programs: Programs, format_: str) -> None:
    outcome = programs.monps_db("diff", FIRST, "head", "--format", format_, "--output", "report")
    assert (outcome.code, outcome.text) == (1, "")
    content = (programs.folder / "report").read_text("utf-8")
    assert "odds" in content
    assert "check**" not in content
    assert "monps-db diff" in content or format_ not in {"html", "markdown", "junit"}


@pytest.mark.slow
@pytest.mark.usefixtures("own_history")
def test_a_text_that_is_only_printed_differently_is_the_same(
    database: Database, programs: Programs
) -> None:
    """After dump and restore, PostgreSQL prints some texts differently."""
    with create_database(database.server) as other:
        for one in (database, other):
            Alembic(one).upgrade()
        database.execute("SELECT set_config('search_path', '', false)")
        [(text,)] = database.query(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname ="
            " 'ck_chess_classifications_profile_name'"
        )
        database.execute(
            "ALTER TABLE quantum.chess_classifications DROP CONSTRAINT"
            " ck_chess_classifications_profile_name, ADD CONSTRAINT"
            f" ck_chess_classifications_profile_name {text}"
        )
        url, password = url_and_password(other)
        for pair in (("live", url), (url, "live"), ("models", "live"), ("live", HEAD)):
            assert programs.monps_db("diff", *pair, **password).code == 0, pair


def test_an_empty_database_has_what_is_there_before_the_first_revision(programs: Programs) -> None:
    assert programs.monps_db("diff", "base", "live").code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("nothing", 2, "no revision begins with 'nothing'; other names are head, base, models"),
        ("none.json", 2, "there is no snapshot file none.json"),
        ("pyproject.json", 6, "this is not a whole snapshot"),
        ("postgresql://u@127.0.0.1:1/x", 6, "start it, or correct the host in the URL"),
        ("postgresql://u@h/x?sslmdoe=y", 2, "the URL: it has the unknown parameter"),
        ("postgresql://[", 2, "the URL: not a PostgreSQL URL"),
    ],
)
def test_what_is_nothing_is_one_line(programs: Programs, name: str, code: int, told: str) -> None:
    (programs.folder / "pyproject.json").write_text("{}", "utf-8")
    outcome = programs.monps_db("diff", "head", name)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (code, "", 1)
    assert told in outcome.err


def test_a_password_in_a_url_is_never_repeated(programs: Programs) -> None:
    outcome = programs.monps_db("diff", "head", "postgresql://u:hush@127.0.0.1:1/x")
    assert "can be seen in the list of processes" in outcome.err
    assert "hush" not in outcome.text
