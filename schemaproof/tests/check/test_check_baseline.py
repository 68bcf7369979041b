"""``monps-db check --baseline``: known differences of a real database."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow


@pytest.fixture
def execute(migrated: Database) -> Callable[[str], None]:
    """Change the migrated database without a revision."""

    def run(statement: str) -> None:
        connection = migrated.connect()
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    return run


def test_what_is_written_into_the_baseline_is_accepted_and_what_is_new_is_not(
    programs: Programs, execute: Callable[[str], None]
) -> None:
    baseline = ["check", "--baseline", "accepted.toml"]
    execute("DROP INDEX public.ix_odds_collected_at")
    programs.monps_db(*baseline, "--update-baseline", "--reason", "not needed here").succeeded()
    assert programs.monps_db(*baseline).code == 0
    execute("DROP INDEX public.ix_odds_league_commence_time")
    again = programs.monps_db(*baseline)
    assert again.code == 1
    assert "drift: 1, accepted: 1" in again.out


def test_the_file_says_what_is_accepted_and_why(
    programs: Programs, execute: Callable[[str], None]
) -> None:
    execute("COMMENT ON TABLE public.odds IS NULL")
    programs.monps_db("check", "--baseline", "a.toml", "--update-baseline", "--reason", "why not")
    assert tomllib.loads((programs.folder / "a.toml").read_text("utf-8"))["accepted"] == [
        {
            "code": "table-comment",
            "path": "public.odds",
            "reason": "why not",
            "expected": "Odds of every bookmaker, one row per match, bookmaker, market and line",
        }
    ]


@pytest.mark.usefixtures("migrated")
def test_an_entry_of_no_use_fails_only_when_strict(programs: Programs) -> None:
    (programs.folder / "a.toml").write_text(
        '[[accepted]]\ncode = "table-comment"\npath = "public.odds"\nreason = "x"\n', "utf-8"
    )
    assert programs.monps_db("check", "--baseline", "a.toml").code == 0
    assert programs.monps_db("check", "--baseline", "a.toml", "--strict").code == 1


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        (None, ["--baseline", "absent.toml"]),
        (b"[[accepted]", ["--baseline", "a.toml"]),
        (b"\xff", ["--baseline", "a.toml"]),
        (None, ["--update-baseline"]),
        (None, ["--reason", "x"]),
    ],
    ids=["absent", "not TOML", "not UTF-8", "no file to write", "a reason for nothing"],
)
def test_a_baseline_that_cannot_be_used_is_exit_code_2(
    programs: Programs, tmp_path: Path, content: bytes | None, arguments: list[str]
) -> None:
    if content is not None:
        (tmp_path / "a.toml").write_bytes(content)
    outcome = programs.monps_db("check", *arguments)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("narrowed", [["--offline"], ["--schema", "quantum"], []], ids=" ".join)
def test_entries_about_what_was_not_looked_at_stay(programs: Programs, narrowed: list[str]) -> None:
    file = programs.folder / "a.toml"
    entries = [("table-comment", "public.odds")] if narrowed else []
    entries.append(("foreign-key-violated", "quantum.quantum_strategies.x"))
    file.write_text(
        "".join(
            f'[[accepted]]\ncode = "{code}"\npath = "{path}"\nreason = "x"\n'
            for code, path in entries
        ),
        "utf-8",
    )
    outcome = programs.monps_db("check", "--baseline", "a.toml", "--update-baseline", *narrowed)
    assert (outcome.code, "unused" in outcome.out) == (0, False)
    kept = tomllib.loads(file.read_text("utf-8"))["accepted"]
    assert [(entry["code"], entry["path"]) for entry in kept] == sorted(entries, key=lambda e: e[1])
