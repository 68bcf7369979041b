"""During a migration garbage is collected less often, and afterwards as before."""

import gc
from collections.abc import Iterator

import pytest

from schemaproof.migrate.garbage_collection import OBJECTS
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.servers import Database


@pytest.fixture
def before() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    gc.set_threshold(600, 9, 8)
    yield 600, 9, 8
    gc.set_threshold(*before)


def _fail_after_noting(project: OwnProject) -> None:
    project.add("import gc; raise RuntimeError(gc.get_threshold(), gc.isenabled())")


def test_garbage_is_collected_less_often_within_a_revision(
    own_project: OwnProject, database: Database, before: tuple[int, int, int]
) -> None:
    _fail_after_noting(own_project)
    with pytest.raises(RuntimeError) as noted:
        own_project.upgrade(database)
    assert noted.value.args == ((OBJECTS, *before[1:]), True)


def test_a_larger_number_of_the_application_stays(
    own_project: OwnProject, database: Database, before: tuple[int, int, int]
) -> None:
    gc.set_threshold(10 * OBJECTS, *before[1:])
    _fail_after_noting(own_project)
    with pytest.raises(RuntimeError) as noted:
        own_project.upgrade(database)
    assert noted.value.args[0][0] == 10 * OBJECTS


@pytest.mark.parametrize("fails", [False, True])
def test_afterwards_garbage_is_collected_as_before(
    own_project: OwnProject, database: Database, before: tuple[int, int, int], *, fails: bool
) -> None:
    own_project.add("pass")
    if fails:
        _fail_after_noting(own_project)
    try:
        own_project.upgrade(database)
    except RuntimeError:
        assert fails
    assert gc.get_threshold() == before
