"""The recorded contract of the models (revision and fingerprint), compared with a database."""

import json
from pathlib import Path

import pytest

from core.errors import HistoryError, SchemaMismatchError
from core.schema_contract import Contract, read_contract
from schemaproof.project import Project
from schemaproof_testing.project import PROJECT, history

CONTRACT = Contract("c3", "sha256:x", known=frozenset({"a1", "b2", "c3"}))


@pytest.mark.parametrize(
    ("applied", "found", "remedy"),
    [
        ((), "the database is at none", "alembic upgrade head"),
        (("b2",), "the database is at b2", "alembic upgrade head"),
        (("d4",), "d4, which is not known here", "install the release"),
        (("b2", "c3"), "at b2 and c3", "monps-db check"),
    ],
)
def test_another_revision_is_refused_with_a_remedy(
    applied: tuple[str, ...], found: str, remedy: str
) -> None:
    with pytest.raises(SchemaMismatchError, match="the models need revision c3") as caught:
        CONTRACT.check(applied)
    assert found in caught.value.message
    assert remedy in caught.value.remedy


def test_the_revision_itself_is_accepted() -> None:
    CONTRACT.check(["c3"])


def test_our_own_models_are_recorded_at_the_head() -> None:
    contract, [recorded] = read_contract(PROJECT), history().recorded_heads
    assert (contract.revision, contract.models) == (recorded.revision, recorded.models)
    assert contract.known == set(history().revisions)


def project_with(folder: Path, **models: str | None) -> Project:
    (folder / "snapshots").mkdir()
    for revision, fingerprint in models.items():
        content = {"revision": revision, "models": fingerprint}
        (folder / "snapshots" / f"{revision}.json").write_text(json.dumps(content), "utf-8")
    return Project(root=folder, script_location=folder)


@pytest.mark.parametrize(
    ("models", "count"), [({}, 0), ({"a": None}, 0), ({"a": "x", "b": "y"}, 2)]
)
def test_models_that_are_not_recorded_once_are_refused(
    tmp_path: Path, models: dict[str, str | None], count: int
) -> None:
    with pytest.raises(HistoryError, match=f"{count} snapshots record") as caught:
        read_contract(project_with(tmp_path, **models))
    assert caught.value.remedy.endswith("monps-db snapshot")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"revision": "b"}', '"x"'])
def test_a_damaged_record_is_named(tmp_path: Path, text: str) -> None:
    project = project_with(tmp_path, a="x")
    (tmp_path / "snapshots" / "b.json").write_text(text, "utf-8")
    with pytest.raises(HistoryError, match=r"b\.json"):
        read_contract(project)
