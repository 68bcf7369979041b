"""Bad input, failed output or a lost connection of a check: one line, right code, nothing left."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from schemaproof_testing.project import CONFIGURATION, Outcome, Programs, revisions
from schemaproof_testing.servers import Database, administration

pytestmark = pytest.mark.slow

HEAD = revisions()[-1]


def assert_one_line(outcome: Outcome, code: int, told: str) -> None:
    assert (outcome.code, outcome.err.count("\n")) == (code, 1), outcome.text
    assert outcome.err.startswith("monps-db: ")
    assert told in outcome.err


def head_file(history: Path) -> Path:
    return history / "snapshots" / f"{HEAD}.json"


@pytest.mark.parametrize(
    "arguments", [["check", "--offline"], ["revision", "-m", "x"]], ids=" ".join
)
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is not a whole snapshot: restore the file"),
        (b'{"format": 1, "revision"', "is not a whole snapshot: restore the file"),
        (b"\xff\xfe", "cannot be read: restore the file"),
        (b'{"format": 99}', "install the version of monps-db that recorded it"),
        (b"[1]", "is not a whole snapshot: restore the file"),
    ],
    ids=["empty", "truncated", "not UTF-8", "newer format", "something else"],
)
def test_a_snapshot_that_cannot_be_used_is_one_line(
    programs: Programs, own_history: Path, content: bytes, told: str, arguments: list[str]
) -> None:
    head_file(own_history).write_bytes(content)
    if arguments[0] == "revision":
        (own_history.parent / "pyproject.toml").write_text(
            f'{CONFIGURATION}metadata = "changed:Base.metadata"\n', "utf-8"
        )
        own_history.with_name("changed.py").write_text(
            "from sqlalchemy import Column, Text\nfrom models import Base, Odds\n"
            "Odds.__table__.append_column(Column('weather', Text))\n",
            "utf-8",
        )
    assert_one_line(programs.monps_db(*arguments), 6, told)
    assert not list(own_history.glob("versions/*_x.py"))


def test_a_snapshot_that_is_a_folder_is_one_line(programs: Programs, own_history: Path) -> None:
    head_file(own_history).unlink()
    head_file(own_history).mkdir()
    assert_one_line(programs.monps_db("check", "--offline"), 6, "cannot be read")


def test_a_snapshot_edited_by_hand_is_refused_when_it_is_recorded_again(
    programs: Programs, own_history: Path
) -> None:
    edited = head_file(own_history).read_text("utf-8").replace('"(100)"', '"(99)"')
    head_file(own_history).write_text(edited, "utf-8")
    outcome = programs.monps_db("snapshot")
    assert (outcome.code, "changed after it was recorded" in outcome.err) == (4, True)
    assert head_file(own_history).read_text("utf-8") == edited


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--output", "/dev/full"],
        ["--format", "html", "--output", "/dev/full"],
        ["--update-baseline", "--baseline", "/dev/full"],
    ],
    ids=" ".join,
)
def test_a_device_that_is_full_is_one_line(programs: Programs, arguments: list[str]) -> None:
    told = "/dev/full cannot be written: No space left on device"
    assert_one_line(programs.monps_db("check", *arguments), 6, told)


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("before", [None, "what was there"], ids=["new", "there"])
def test_a_disk_that_is_full_keeps_what_was_there_and_nothing_else(
    programs: Programs, before: str | None
) -> None:
    target = programs.folder / "report.html"
    if before:
        target.write_text(before, "utf-8")
    there = files(programs.folder)
    program = " ".join(programs.command("monps-db", "check", "--format", "html"))
    # The limit for a file is 1 KiB, and the page is larger.
    outcome = programs.shell(
        f"ulimit -f 1; exec {program} --output report.html",
        # Otherwise half a compiled module is left, which no program can load later.
        PYTHONDONTWRITEBYTECODE="1",
    )
    assert_one_line(outcome, 6, "report.html cannot be written: File too large")
    assert files(programs.folder) == there
    assert before is None or target.read_text("utf-8") == before


@pytest.mark.usefixtures("migrated")
def test_a_file_system_that_is_full_is_left_as_it_was(programs: Programs) -> None:
    (programs.folder / "small").mkdir()
    program = " ".join(programs.command("monps-db", "check", "--format", "html"))
    script = f"""
        mount -t tmpfs -o size=4k tmpfs small || exit 77
        head -c 4096 /dev/zero > small/full
        {program} --output small/report.html
        code=$?
        ls -A small
        exit $code
    """
    outcome = programs.shell(f"unshare --user --map-root-user --mount bash -c '{script}'")
    if outcome.code == 77 or "unshare" in outcome.err:
        pytest.skip("no file system can be mounted here")
    assert_one_line(outcome, 6, "report.html cannot be written: No space left on device")
    assert outcome.out == "full\n"


def test_a_folder_of_snapshots_that_is_full_is_one_line(
    programs: Programs, own_history: Path
) -> None:
    for snapshot in own_history.glob("snapshots/*.json"):
        snapshot.unlink()
    there = files(own_history)
    program = " ".join(programs.command("monps-db", "snapshot"))
    # The first snapshot is smaller than the limit.
    outcome = programs.shell(f"ulimit -f 1; exec {program}", PYTHONDONTWRITEBYTECODE="1")
    assert_one_line(outcome, 6, "cannot be written: File too large")
    written = set(files(own_history)) - set(there)
    assert [path.name for path in written] == ["abbc4f65c12b.json"]
    assert json.loads(written.pop().read_text("utf-8"))["revision"] == "abbc4f65c12b"


def test_a_connection_that_is_cut_in_the_middle_is_one_line(
    migrated: Database, programs: Programs
) -> None:
    with (
        closing(migrated.connect()) as connection,
        connection.cursor() as locking,
        administration(migrated.server) as cursor,
    ):
        # The check has begun when it waits for this lock.
        locking.execute("LOCK TABLE public.alembic_version")
        running = programs.start(
            "monps-db", "check", "--output", "report.txt", MIGRATION_LOCK_TIMEOUT="0"
        )
        terminated = False
        while running.poll() is None and not terminated:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND wait_event_type = 'Lock'",
                [migrated.name],
            )
            terminated = cursor.fetchone() is not None
        out, err = running.communicate(timeout=60)
    assert terminated
    outcome = Outcome(running.returncode, out, err)
    assert_one_line(outcome, 6, "terminating connection due to administrator command")
    assert not list(programs.folder.glob("*report*"))
