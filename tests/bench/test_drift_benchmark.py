"""The drift benchmark: its changes do change the catalogs, and a sample runs completely."""

import fnmatch
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from psycopg2.extensions import cursor as Cursor  # noqa: N812 -- as the class it is

from bench.drift import harmless
from bench.drift.checks import check, repair_script
from bench.drift.copies import new_database
from bench.drift.mutations import KINDS, mutations
from bench.drift.mutations.kinds import Kind, Mutation
from bench.drift.projects import Subject, migrate, own_project, zoo_project
from bench.drift.restored import restored
from bench.drift.runs import Options, benched, prepare
from bench.drift.trial import ANEW, Bench, Trial, alarm, try_harmless, try_mutation, try_session
from schemaproof.findings.codes import CODES
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database, Servers
from tests.support.drift_samples import (
    CALM,
    CATALOGS,
    DIGEST,
    IN_A_SHARED_SCHEMA,
    IN_DATA,
    NUMBERED,
    SAMPLE,
)


def prepare_print(cursor: Cursor) -> str:
    """Return the statement that reads a digest of every catalog."""
    cursor.execute(CATALOGS)
    digests = [DIGEST.format(name, column or 16384) for name, column in cursor.fetchall()]
    cursor.execute(f"PREPARE print AS SELECT ({'), ('.join(digests)})")
    cursor.connection.commit()
    return "EXECUTE print"


def kinds(names: tuple[str, ...], among: tuple[Kind, ...] = KINDS) -> list[Kind]:
    found = [kind for kind in among if kind.name in names]
    assert len(found) == len(names)
    return found


def targets(subject: Subject, database: Database, chosen: list[Kind]) -> list[Mutation]:
    project = subject.project
    return list(
        mutations(
            database,
            managed=project.managed_schemas,
            shared=project.shared_schemas,
            per_kind=1,
            chosen=chosen,
        )
    )


@contextmanager
def migrated_zoo(server: LocalServer) -> Iterator[tuple[Subject, Database]]:
    prepare(server)
    with tempfile.TemporaryDirectory() as folder, new_database(server) as database:
        subject = zoo_project(Path(folder))
        migrate(subject, database)
        yield subject, database


@pytest.fixture
def zoo(any_server: LocalServer) -> Iterator[tuple[Subject, Database]]:
    """The zoo project, migrated, on each major version in turn."""
    with migrated_zoo(any_server) as made:
        yield made


@pytest.fixture
def newest_zoo(server: LocalServer) -> Iterator[tuple[Subject, Database]]:
    with migrated_zoo(server) as made:
        yield made


@pytest.fixture(scope="module")
def bench(server: LocalServer) -> Iterator[Bench]:
    """A migrated database of our own project, to be copied."""
    with benched(own_project(), server, Options(alembic=False)) as made:
        yield made


@pytest.fixture(scope="module")
def changes(bench: Bench) -> dict[str, Mutation]:
    """One change of each kind in the samples, by the name of the kind."""
    with bench.copies.copy() as database:
        chosen = [*kinds(SAMPLE), *kinds(CALM, harmless.KINDS)]
        return {one.kind.name: one for one in targets(bench.subject, database, chosen)}


@pytest.mark.slow
def test_the_zoo_has_something_to_change_for_every_kind(zoo: tuple[Subject, Database]) -> None:
    subject, database = zoo
    major = database.server.binaries.major
    found = {mutation.kind.name for mutation in targets(subject, database, list(KINDS))}
    possible = {kind.name for kind in KINDS if kind.since <= major <= kind.until}
    assert possible - IN_A_SHARED_SCHEMA == found


@pytest.mark.slow
def test_every_change_is_possible(zoo: tuple[Subject, Database]) -> None:
    subject, database = zoo
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        for mutation in targets(subject, database, list(KINDS)):
            cursor.execute(mutation.statement)
            connection.rollback()


@pytest.mark.slow
def test_every_change_changes_the_catalogs(newest_zoo: tuple[Subject, Database]) -> None:
    subject, database = newest_zoo
    without_effect: list[str] = []
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        print_ = prepare_print(cursor)
        for mutation in targets(subject, database, list(KINDS)):
            if mutation.kind.name not in IN_DATA:
                cursor.execute(print_)
                before = cursor.fetchall()
                cursor.execute(mutation.statement)
                cursor.execute(print_)
                if cursor.fetchall() == before:
                    without_effect.append(mutation.kind.name)
                connection.rollback()
    assert without_effect == []


def test_kinds_have_names_of_their_own() -> None:
    names = [kind.name for kind in (*KINDS, *harmless.KINDS)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_that_is_drift_has_codes_that_exist(kind: Kind) -> None:
    patterns = kind.codes.replace("{}", "*").split()
    assert kind.here or all(fnmatch.filter(CODES, pattern) for pattern in patterns)


@pytest.mark.slow
@pytest.mark.majors(15, 18)
def test_a_dump_that_is_restored_on_a_newer_major_version_gives_no_finding(
    servers: Servers, tmp_path: Path
) -> None:
    old, new = servers.get(15), servers.get(18)
    with (
        benched(zoo_project(tmp_path), old, Options(alembic=False)) as bench,
        bench.copies.copy() as original,
        restored(original, new) as database,
    ):
        trial = alarm(bench, database, "restored", (), "")
    assert (trial.found, trial.detected) == ((), False)


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLE)
def test_a_change_is_found_named_told_by_its_code_and_taken_back(
    bench: Bench, changes: dict[str, Mutation], name: str
) -> None:
    trial = try_mutation(bench, changes[name])
    assert (trial.impossible, trial.trouble) == ("", "")
    assert (trial.detected, trial.named, trial.coded, trial.repaired) == (True, True, True, True)


@pytest.mark.slow
def test_a_dropped_column_comes_back_without_its_data_and_that_stays_said(bench: Bench) -> None:
    with bench.copies.copy() as database:
        [dropped, *_] = targets(bench.subject, database, list(kinds(("column dropped",))))
        database.execute_each(dropped.statement)
        run_script(database, repair_script(database))
        after = check(database).findings - bench.before.findings
    assert {code for _, code, *_ in after} == {ANEW}
    # The benchmark expects that no script can restore the data.
    trial = try_mutation(bench, dropped)
    assert (trial.detected, trial.named, trial.coded, trial.repaired) == (True, True, True, True)


@pytest.mark.slow
def test_the_zoo_is_migrated_by_the_runner_which_records_where_its_columns_stand(
    server: LocalServer, tmp_path: Path
) -> None:
    with benched(zoo_project(tmp_path), server, Options(alembic=False)) as bench:
        with bench.copies.copy() as database:
            changed = targets(bench.subject, database, kinds(NUMBERED))
        trials = [try_mutation(bench, one) for one in changed]
    assert {one.kind: (one.detected, one.coded) for one in trials} == dict.fromkeys(
        NUMBERED, (True, True)
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", CALM)
def test_what_is_harmless_gives_no_finding(
    bench: Bench, changes: dict[str, Mutation], name: str
) -> None:
    trial = try_harmless(bench, changes[name])
    assert (trial.impossible, trial.found, trial.detected) == ("", (), False)


@pytest.mark.slow
@pytest.mark.parametrize("name", harmless.SESSIONS)
def test_settings_of_the_session_give_no_finding(bench: Bench, name: str) -> None:
    trial = try_session(bench, name, harmless.SESSIONS[name])
    assert (trial.found, trial.detected) == ((), False)


@pytest.mark.slow
def test_a_change_that_nobody_finds_counts_as_missed(bench: Bench) -> None:
    nothing = Mutation(kinds(("index dropped",))[0], ("public",), frozenset(), "SELECT 1")
    trial = try_mutation(bench, nothing)
    assert (trial.detected, trial.repaired, trial.trouble) == (False, False, "not detected")


@pytest.mark.slow
def test_a_change_that_the_server_refuses_is_said(bench: Bench) -> None:
    refused = Mutation(kinds(("index dropped",))[0], (), frozenset(), "DROP INDEX nowhere")
    trial: Trial = try_mutation(bench, refused)
    assert "nowhere" in trial.impossible
