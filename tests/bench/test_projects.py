"""The benchmark of other people's projects, with a small project from the package index."""

from pathlib import Path

import pytest

from bench.projects.__main__ import server_url
from bench.projects.environments import Environment
from bench.projects.report import verdict
from bench.projects.subjects import known
from bench.projects.trial import attempt
from schemaproof_testing.servers import MAJORS, Servers

SMALL = ("optuna",)


def test_every_project_says_where_its_revisions_are() -> None:
    for subject in known().values():
        assert subject.packages, subject.name
        says = {*subject.configuration, *subject.files}
        assert says & {"script-location", "alembic-ini", "alembic.ini"}, subject.name


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_a_small_project_goes_the_whole_way(name: str, tmp_path: Path, servers: Servers) -> None:
    """Each finding has a judgement, and is correct; ten changes are found and undone."""
    subject = known()[name]
    environment = Environment(subject, tmp_path / name)
    environment.install()
    environment.configure()
    major = max(MAJORS)
    trial = attempt(environment, servers.get(major), server_url(servers, major))
    assert trial.failures == {}
    found = [f"{one['kind']} {one['code']} {one['path']}" for one in trial.findings]
    assert [one for one in found if not (verdict(one, subject) or "").startswith("true")] == []
    assert [name for name, _, is_found in trial.changes if not is_found] == []
    assert trial.left == []
