"""libpq's environment variables neither redirect a password nor change our settings."""

import socket
from pathlib import Path

import pytest

from schemaproof_testing.project import Programs


@pytest.mark.slow
@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("by_service", [False, True], ids=["variables", "service"])
def test_the_environment_of_libpq_redirects_nothing(
    programs: Programs, tmp_path: Path, *, by_service: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as thief:
        thief.settimeout(0.1)
        port = str(thief.getsockname()[1])
        parameters = {
            "host": "127.0.0.1",
            "hostaddr": "127.0.0.1",
            "port": port,
            "dbname": "theirs",
            "user": "somebody",
            "sslmode": "disable",
            "require_auth": "password",
            "client_encoding": "GBK",
            "options": "-c search_path=theirs -c statement_timeout=1",
            "target_session_attrs": "standby",
        }
        password = tmp_path / "pgpass"
        password.write_text("*:*:*:*:wrong\n")
        password.chmod(0o600)
        service = tmp_path / "service.conf"
        lines = [f"{name}={value}\n" for name, value in parameters.items()]
        service.write_text("".join(["[theirs]\n", *lines]))
        names = {"dbname": "database", "require_auth": "requireauth"}
        variables = {
            f"PG{names.get(name, name).replace('_', '').upper()}": value
            for name, value in parameters.items()
        }
        of_service = {"PGSERVICE": "theirs", "PGSERVICEFILE": str(service)}
        given = {"PGPASSFILE": str(password), **(of_service if by_service else variables)}
        for command in (["status"], ["check"], ["plan"], ["upgrade"], ["show", "teams"]):
            outcome = programs.monps_db(*command, **given)
            assert (outcome.code, outcome.err) == (0, ""), (command, outcome.text)
        with pytest.raises(TimeoutError):
            thief.accept()
