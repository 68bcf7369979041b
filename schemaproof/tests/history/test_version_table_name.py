"""``version-table`` in [tool.schemaproof] is where Alembic keeps the revision, by our env.py."""

import io

from alembic import command
from alembic.config import Config

from schemaproof.roles.roles import Roles, script
from schemaproof_testing import own_project as own_projects
from schemaproof_testing.own_project import CONFIGURATION, OwnProject
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database

own_project = own_projects.own_project


def test_the_revision_is_kept_where_the_project_says(
    own_project: OwnProject, database: Database
) -> None:
    configuration = f'{CONFIGURATION}version-table = "ops.\\"Shop Version\\""\n'
    (own_project.folder / "pyproject.toml").write_text(configuration, "utf-8")
    run_script(database, "CREATE SCHEMA ops")
    own_project.add('op.execute("CREATE TABLE a (id int)")')
    own_project.add('op.execute("CREATE TABLE b (id int)")')
    own_project.record()
    own_project.upgrade(database, "r1")
    config = Config(own_project.ini)
    config.output_buffer = io.StringIO()
    command.upgrade(config, "r1:r2", sql=True)
    run_script(database, config.output_buffer.getvalue())
    assert database.query(
        'SELECT version_num, to_regclass(%s) FROM ops."Shop Version"', ["alembic_version"]
    ) == [("r2", None)]
    project = own_project.project
    assert project.scope.history_tables[0] == 'ops."Shop Version"'
    roles = script(project, Roles("shop"))
    assert 'ALTER TABLE ops."Shop Version" OWNER TO shop_owner' in roles
    assert "public.alembic_version" not in roles
