"""Find the project that a folder belongs to."""

from dataclasses import replace
from pathlib import Path

import pytest

from core import project as mon_ps
from core.errors import ConfigurationError
from schemaproof.project import Project
from schemaproof.project_file import find_project

ROOT = Path(__file__).parents[3]


def write(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_every_key(tmp_path: Path) -> None:
    write(
        tmp_path,
        """
        [tool.schemaproof]
        metadata = "shop.models:Model.metadata"
        script-location = "db/alembic"
        managed-schemas = ["shop", "stock"]
        shared-schemas = []
        ignore = ["public.spatial_ref_sys"]
        """,
    )
    assert find_project(tmp_path) == Project(
        root=tmp_path,
        script_location=tmp_path / "db/alembic",
        metadata=("shop.models:Model.metadata",),
        managed_schemas=("shop", "stock"),
        shared_schemas=(),
        ignore=("public.spatial_ref_sys",),
    )


def test_defaults_and_alembic_ini(tmp_path: Path) -> None:
    project = find_project(write(tmp_path, "[tool.schemaproof]\n"))
    assert project == Project(root=tmp_path, script_location=tmp_path / "migrations")
    assert project.alembic_ini == tmp_path / "alembic.ini"


def test_nearest_table_wins_and_foreign_files_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "[tool.schemaproof]\n")
    work = tmp_path / "a" / "b"
    work.mkdir(parents=True)
    write(work, "this is [ not TOML, and not ours")
    monkeypatch.chdir(work)
    assert find_project().root == tmp_path
    assert find_project(write(work.parent, "[tool.schemaproof]\n")).root == work.parent


def test_without_a_table_our_own_project(tmp_path: Path) -> None:
    found = mon_ps.find_project(tmp_path)
    assert (found.root, found.script_location) == (ROOT, ROOT / "migrations")
    with pytest.raises(ConfigurationError, match=r"no pyproject.toml with \[tool.schemaproof\]"):
        find_project(tmp_path)


def test_our_own_table_says_what_the_installed_project_says(tmp_path: Path) -> None:
    ours = mon_ps.find_project(ROOT)
    assert replace(ours, lint_ignore=()) == mon_ps.find_project(tmp_path)


def test_the_former_name_of_the_table_is_read_with_a_notice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = mon_ps.find_project(write(tmp_path, "[tool.monps-db]\nignore = ['public.old']\n"))
    assert replace(found, ignore=()) == Project(
        root=tmp_path,
        script_location=tmp_path / "migrations",
        lint_enable=("application-import", "data-loss-undeclared"),
        managed_schemas=mon_ps.MANAGED_SCHEMAS,
        roles=mon_ps.ROLES,
        metadata=mon_ps.METADATA,
        ledger_table=mon_ps.LEDGER_TABLE,
        prefix=mon_ps.PREFIX,
        owner_reads=mon_ps.OWNER_READS,
    )
    assert "[tool.monps-db] is now called [tool.schemaproof]" in caplog.text


def test_a_project_elsewhere_that_has_our_revisions_has_our_ledger(tmp_path: Path) -> None:
    location = f'script-location = "{ROOT / "migrations"}"'
    found = mon_ps.find_project(write(tmp_path, f"[tool.schemaproof]\n{location}\n"))
    assert (found.ledger_table, found.prefix) == (mon_ps.LEDGER_TABLE, mon_ps.PREFIX)
    assert found.owner_reads == mon_ps.OWNER_READS
    named = f"[tool.schemaproof]\n{location}\nledger-table = 'public.mine'\n"
    assert mon_ps.find_project(write(tmp_path, named)).ledger_table == ("public", "mine")
    other = mon_ps.find_project(write(tmp_path, "[tool.schemaproof]\n"))
    assert other.ledger_table == ("public", "schemaproof_ledger")


def test_the_new_name_beats_the_former_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "[tool.monps-db]\nignore = ['x']\n[tool.schemaproof]\n")
    assert mon_ps.find_project(tmp_path).ignore == ()
    assert not caplog.text
    write(tmp_path, "[tool.monps-db]\n")
    with pytest.raises(ConfigurationError, match="no project found"):
        find_project(tmp_path)


def test_a_baseline_is_beside_the_configuration(tmp_path: Path) -> None:
    write(tmp_path, "[tool.schemaproof]\nbaseline = 'accepted.toml'\n")
    assert find_project(tmp_path).baseline_file == tmp_path / "accepted.toml"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[tool.schemaproof]\nmanaged_schemas = []",
            "unknown key 'managed_schemas': known keys are",
        ),
        ("[tool.schemaproof]\nmanaged-schemas = 'quantum'", "managed-schemas should be a list of"),
        ("[tool.schemaproof]\nignore = [1]", "ignore should be a list of names, not \\[1\\]"),
        ("[tool.schemaproof]\nmetadata = 'models'", "metadata should be text such as"),
        ("[tool.schemaproof]\nmetadata = 5", "metadata should be text such as"),
        ("[tool.schemaproof]\nscript-location = ''", "script-location should be a folder's path"),
        ("[tool.schemaproof]\nbaseline = ''", "baseline should be a file's path"),
        ("[tool.schemaproof]\nlint-ignore = 'x'", "lint-ignore should be a list of"),
        ("[tool]\nschemaproof = 3", "should be a table"),
        ("[tool.schemaproof]\nprefix = 'a b'", "prefix should be a short word of letters"),
        ("[tool.schemaproof\n", "is not valid TOML"),
    ],
)
def test_wrong_table(tmp_path: Path, text: str, told: str) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigurationError, match=told) as caught:
        find_project(tmp_path)
    assert str(tmp_path / "pyproject.toml") in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"monps-db = '\xff'")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        find_project(tmp_path)
    (tmp_path / "pyproject.toml").unlink()
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        find_project(tmp_path)
