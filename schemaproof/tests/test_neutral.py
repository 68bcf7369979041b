"""The engine names no application in its texts or its help."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import click
import pytest

import schemaproof
from schemaproof.cli.main import group
from schemaproof.connection import remedies
from schemaproof.connection.migration_settings import MigrationValues
from schemaproof.connection.url_settings import UrlSettings
from schemaproof.errors import ConfigurationError
from schemaproof.findings.codes import CODES
from schemaproof.program import called, with_program
from schemaproof.setting_names import NEUTRAL, with_names

SOURCES: Final = Path(schemaproof.__file__).parent
OF_AN_APPLICATION: Final = re.compile(
    r"monps|mon_ps|football|quantum|\bodds\b|bookmaker|\bleagues?\b|team_|\bmatches of\b",
    re.IGNORECASE,
)
SETTING_OF_AN_APPLICATION: Final = re.compile(r"\b(DB|MIGRATION)_[A-Z.]")
FORMER_NAMES: Final = SOURCES / "setting_names.py"
TOKEN: Final = re.compile(r"\$[a-z_]+")


def helps(command: click.Command, path: str) -> dict[str, str]:
    """Return the help of a command and of its subcommands, by the typed command."""
    context = click.Context(command, info_name=path)
    found = {path: command.get_help(context)}
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            found |= helps(child, f"{path} {name}")
    return found


def test_no_file_of_the_engine_names_an_application() -> None:
    files = [
        path for path in SOURCES.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    assert len(files) > 200
    found = [
        f"{path.relative_to(SOURCES)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if OF_AN_APPLICATION.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("named", [OF_AN_APPLICATION, SETTING_OF_AN_APPLICATION])
def test_no_help_of_the_engine_names_an_application(named: re.Pattern[str]) -> None:
    with called("schemaproof", {}):
        texts = helps(group, "schemaproof")
    assert len(texts) > 10
    assert [path for path, text in texts.items() if named.search(text)] == []


def texts_about_settings() -> list[str]:
    """Yield every text of the engine that names a setting."""
    tables = (remedies.STATEMENT, remedies.CONNECTING, remedies.NETWORK)
    advice = [text for table in tables for text in table.values()]
    found = [*advice, *(facts.recommendation for facts in CODES.values())]
    return [text for text in found if TOKEN.search(text)]


def test_no_file_of_the_engine_names_a_setting_of_an_application() -> None:
    constant = re.compile(r"^(DB|MIGRATION)_[A-Z_]+: Final|\bMIGRATION_[A-Z_]+\.made\(")
    assert [
        f"{path.relative_to(SOURCES)}:{number}: {line.strip()}"
        for path in SOURCES.rglob("*.py")
        if path != FORMER_NAMES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if SETTING_OF_AN_APPLICATION.search(line) and not constant.search(line.strip())
    ] == []


def test_a_stranger_reads_of_settings_where_he_states_them() -> None:
    settings = UrlSettings(parts={"host": "h", "user": "u"}, source="DATABASE_URL")
    read = [with_names(text, settings.variables) for text in texts_about_settings()]
    assert len(read) > 20
    assert not [text for text in read if TOKEN.search(text) or "DB_" in text]
    remedy = remedies.server_remedy("28P01", settings, is_connecting=True)
    assert remedy == "check the user in DATABASE_URL ('u') and the password in DATABASE_URL"
    assert remedies.network_remedy("name", settings).endswith(": check the host in DATABASE_URL")


def test_a_program_reads_of_the_settings_that_it_hands_over() -> None:
    names = {name: f"SHOP_{name.upper()}" for name in NEUTRAL}
    with called("shop", names):
        read = [with_program(text) for text in texts_about_settings()]
    named = {name for text in read for name in re.findall(r"SHOP_[A-Z_]+", text)}
    assert "SHOP_SCRATCH_URL" in named
    assert named <= {*names.values()}
    assert not [text for text in read if TOKEN.search(text)]


def test_a_value_that_looks_like_a_setting_is_left_alone() -> None:
    settings = UrlSettings(parts={"host": "h", "user": "$host", "dbname": "{user}"}, source="URL")
    remedy = remedies.server_remedy("28000", settings, is_connecting=True)
    assert "the user in URL ('$host'), the database in URL ('{user}')" in remedy


@pytest.mark.parametrize("prefix", ["SCHEMAPROOF", "MIGRATION"])
def test_settings_of_migrations_are_read_by_both_names(prefix: str) -> None:
    """Settings have the names of the engine, or their former names."""
    environ = {f"{prefix}_LOCK_TIMEOUT": "5s", f"{prefix}_GATE": " strict "}
    read = MigrationValues.from_environment(environ)
    assert (read.lock_timeout, read.gate) == (timedelta(seconds=5), "strict")
    with pytest.raises(ConfigurationError, match=f"^{prefix}_LOCK_ATTEMPTS=x cannot be read"):
        MigrationValues.from_environment({f"{prefix}_LOCK_ATTEMPTS": "x"})
