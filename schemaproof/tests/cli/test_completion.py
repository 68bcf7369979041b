"""Shell completion: the script for the shell, and the completions that it receives."""

import pytest

from schemaproof_testing.project import Programs

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(programs: Programs, shell: str) -> None:
    outcome = programs.monps_db("completion", shell).succeeded()
    assert f"_MONPS_DB_COMPLETE={shell}_complete" in outcome.out


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("monps-db ch", {"check"}),
        ("monps-db s", {"server", "show", "snapshot", "squash", "status"}),
        ("monps-db check --format s", {"sarif"}),
    ],
)
def test_what_was_begun_is_completed(programs: Programs, words: str, offered: set[str]) -> None:
    outcome = programs.monps_db(
        _MONPS_DB_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split()) - 1),
    ).succeeded()
    assert {line.partition(",")[2] for line in outcome.out.splitlines()} == offered
