"""Malicious texts of a server, and the statements that put them into the server."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from psycopg2.extensions import cursor as Cursor  # noqa: N812 -- as the class it is

from schemaproof_testing.hostile import is_harmless
from schemaproof_testing.project import Outcome
from schemaproof_testing.servers import Database

COMMANDS: Final = "\n::error::owned\n##[error]owned\r##vso[a.b]owned"
TEXTS: Final = (f"\x1b]0;owned\x07\x9b31m\u202e{COMMANDS}", COMMANDS, "::error::owned")
NAMES: Final = ("::error::owned", "\x1b]0;owned\x07\n::error::\r##[x]")
"""As TEXTS, and short enough for a version or a name."""
FOR_PSQL: Final = ("a\"b'c\n\\! touch owned\n", "--\n;DROP TABLE one; $$ % {} \\", *NAMES)
"""Names that would do something in a script, or where it is read."""
LOGGING: Final = """
[loggers]
keys = root
[handlers]
keys = stderr
[formatters]
keys =
[logger_root]
level = INFO
handlers = stderr
[handler_stderr]
class = StreamHandler
args = (sys.stderr,)
"""


def execute(statement: str) -> str:
    return f"op.execute({statement!r})"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def session(database: Database, application: str) -> Iterator[Cursor]:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT set_config('application_name', %s, false)", [application])
        yield cursor


def assert_shown(outcome: Outcome, word: str = "owned") -> None:
    assert word in outcome.text, outcome
    assert is_harmless(outcome.out), outcome.out
    assert is_harmless(outcome.err), outcome.err
