"""Every command ends with one line and the right exit code when its output or folder fails.

The table contains every command; add a new command to it.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from cli.main import COMMANDS as HEADINGS
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.forked_programs import forks
from schemaproof_testing.project import CONFIGURATION, ROOT, Alembic, Outcome, Programs
from schemaproof_testing.servers import create_database

COMMANDS: Final = {
    "adopt": "adopt --dry-run",
    "audit": "audit status",
    "blame": "blame public.odds",
    "check": "check",
    "check --format": "check --format json",
    "check --sql": "check --sql",
    "check --offline": "check --offline",
    "completion": "completion bash",
    "diagram": "diagram",
    "diff": "diff 3d5a71c08e42 head",
    "downgrade": "downgrade --sql e7d04b6a52c9:5b27e9c4f8a1",
    "docs": "docs --output pages",
    "history": "history",
    "import-legacy": "import-legacy --dry-run",
    "lint": "lint --offline --format json",
    "load": "load odds odds.csv",
    "log": "log public.odds",
    "merge": "merge",
    "partitions": "partitions ensure",
    "plan": "plan",
    "report": "report clv",
    "revision": "revision -m x --empty",
    "roles": "roles",
    "roles --sql": "roles --sql",
    "server": "server status",
    "show": "show teams",
    "show --format": "show teams --format json",
    "snapshot": "snapshot",
    "squash": "squash nothing",
    "status": "status",
    "upgrade": "upgrade",
    "upgrade --sql": "upgrade --sql",
    "watch": "watch --output watch.prom",
    "--help": "--help",
}
SILENT: Final = {"merge", "partitions", "squash", "watch"}
"""What prints nothing."""
ANYWHERE: Final = {"completion", "--help"}
"""What needs no project."""
ODDS: Final = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,B365H,B365D,B365A\n"

LOCALES: Final = (
    {"PYTHONIOENCODING": "latin1"},
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C"},
)

every_command = pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))


def test_the_table_holds_every_command() -> None:
    assert {name.split()[0] for name in COMMANDS} - {"--help"} == set().union(*HEADINGS.values())


@pytest.fixture(scope="module")
def shell(server: LocalServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """A database that all tests share, because they do not change it."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("migrations", "models"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "alembic.ini", folder)
    (folder / "pyproject.toml").write_text(CONFIGURATION, "utf-8")
    (folder / "odds.csv").write_text(ODDS, "utf-8")
    with create_database(server) as database:
        Alembic(database).upgrade()
        with database.connect() as connection, connection.cursor() as cursor:
            cursor.execute('CREATE TABLE quantum."größe 数据" ()')
            cursor.execute(
                "INSERT INTO quantum.team_quantum_dna (team_name, league) VALUES ('Łódź', 'Ż')"
            )
        scratch = database.superuser_url.render_as_string(hide_password=False)
        yield Programs(folder, {**database.environ(), "DB_SCRATCH_URL": scratch})


def run(programs: Programs, command: str, where: str, **environ: str) -> Outcome:
    program = programs.command("monps-db")[0]
    return programs.shell(where.format(f'"{program}" {command}'), **environ)


def last_line(printed: str) -> str:
    return [*printed.splitlines(), ""][0 if printed.count("\n") == 1 else -2]


@contextmanager
def refusing(kind: str) -> Iterator[int]:
    """Open a file descriptor that cannot be written to."""
    if kind == "closed":
        yield -1
        return
    if kind == "full":
        opened = os.open("/dev/full", os.O_WRONLY)
    else:
        reading, opened = os.pipe()
        os.close(reading)
    try:
        yield opened
    finally:
        os.close(opened)


@pytest.mark.parametrize("command", [COMMANDS[name] for name in COMMANDS if name not in SILENT])
@pytest.mark.parametrize("kind", ["closed", "full", "pipe"])
def test_an_output_that_cannot_be_written_is_one_line_and_code_6(
    shell: Programs, command: str, kind: str
) -> None:
    whole = shell.command("monps-db", *command.split())
    with refusing(kind) as output:
        outcome = forks().run(whole, shell.environment(), shell.folder, output)
    assert (outcome.returncode, last_line(outcome.stderr)[:10]) == (6, "monps-db: "), outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert "Exception ignored" not in outcome.stderr


@every_command
def test_a_folder_that_is_gone_is_one_line_and_code_2(shell: Programs, command: str) -> None:
    outcome = run(shell, command, 'mkdir gone; cd gone; rmdir "$PWD"; {}')
    if command.split(maxsplit=1)[0] in ANYWHERE:
        assert (outcome.code, "Traceback" in outcome.err) == (0, False)
    else:
        assert outcome.code == 2
        assert re.fullmatch(r"monps-db: [^\n]+\n", outcome.err)


@pytest.mark.slow
@every_command
def test_a_terminal_without_the_characters_gets_their_escapes(
    shell: Programs, command: str
) -> None:
    usual = run(shell, command, "{}")
    for locale in LOCALES:
        outcome = run(shell, command, "{} | wc -c; exit ${{PIPESTATUS[0]}}", **locale)
        assert (outcome.code, "Traceback" in outcome.err) == (usual.code, False), outcome.err


def test_a_full_disk_is_told_with_what_to_do(shell: Programs) -> None:
    # Otherwise Python would leave half a compiled module, and later runs would fail.
    outcome = run(
        shell,
        "check --format html --output report",
        "trap '' XFSZ; ulimit -f 1; {}",
        PYTHONDONTWRITEBYTECODE="1",
    )
    assert outcome.code == 6
    assert outcome.err == (
        "monps-db: report cannot be written: File too large: raise the limit on the size of a file"
        " (ulimit -f)\n"
    )
    outcome = run(shell, "check --output /dev/full", "{}")
    assert (outcome.code, outcome.err) == (
        6,
        "monps-db: /dev/full cannot be written: No space left on device: make room on the disk\n",
    )
    assert not [path.name for path in shell.folder.iterdir() if "partial" in path.name]


def test_what_stands_there_is_replaced_and_no_link_is_followed(shell: Programs) -> None:
    (shell.folder / "victim").write_text("untouched", "utf-8")
    for planted in ("linked", ".linked.partial"):
        (shell.folder / planted).symlink_to("victim")
    outcome = run(shell, "check --format json --output linked", "{}")
    assert outcome.err == ""
    assert (shell.folder / "victim").read_text("utf-8") == "untouched"
    assert not (shell.folder / "linked").is_symlink()
    assert (shell.folder / "linked").read_text("utf-8").startswith("{")
    printed = run(shell, "check --format json --output /dev/stdout", "{} | cat")
    assert printed.out.startswith("{")


PLAIN: Final = ("current", "upgrade head --sql", "check")
"""Alembic's commands that load env.py, and print."""


@pytest.mark.parametrize("command", PLAIN)
@pytest.mark.parametrize("where", [">&-", ">/dev/full"])
def test_plain_alembic_says_that_its_output_cannot_be_written(
    shell: Programs, command: str, where: str
) -> None:
    program = shell.command("alembic")[0]
    outcome = shell.shell(f'"{program}" {command} {where}')
    assert outcome.code not in {0, 120}
    printed = [line for line in outcome.err.splitlines() if line.startswith("FAILED: the output ")]
    assert len(printed) == 1, outcome.err
    assert "Traceback" not in outcome.err
    assert "Exception ignored" not in outcome.err
