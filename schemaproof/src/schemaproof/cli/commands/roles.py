"""The command ``roles``."""

import click

from schemaproof.cli import exit_codes, output
from schemaproof.output.counts import counted
from schemaproof.program import command_line


@click.command("roles", epilog=exit_codes.TABLE)
@click.option("--sql", is_flag=True, help="Print the SQL that creates the roles; compare nothing.")
@click.option(
    "--prefix",
    metavar="NAME",
    help="Prefix of the roles' names, in place of that of [tool.schemaproof].",
)
def command(*, sql: bool, prefix: str | None) -> int:
    """Compare the database's roles with the least-privilege roles.

    PREFIX_owner owns the schema and cannot log in. PREFIX_migrator acts as the owner. PREFIX_app
    reads and writes rows. PREFIX_readonly reads rows. Exit code 1 when the database differs.
    """
    from dataclasses import replace

    from schemaproof.catalog.catalog import reading
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.cli.connection import project as find_project
    from schemaproof.history.history import load_history
    from schemaproof.report.script import script
    from schemaproof.roles import roles as least_privilege
    from schemaproof.schema.database_objects import Snapshot

    project = find_project()
    roles = least_privilege.Roles(project.prefix if prefix is None else prefix)
    # Roles with these names may own what a migration creates, whatever names the project's own
    # roles have.
    named = ((roles.owner, "owner"), (roles.migrator, "migrator"))
    project = replace(project, roles=(*project.roles, *named))
    if sql:
        output.put(script(least_privilege.script(project, roles).removesuffix("\n")))
        return exit_codes.OK
    history = load_history(project)
    head = history.head_snapshot or Snapshot()
    with connected_to_read() as connection, reading(connection):
        found = least_privilege.deviations(connection, project.scope, head, roles)
    for deviation in found:
        output.say(deviation)
    if found:
        deviations = counted(len(found), "deviation")
        output.say(f"{deviations}; to correct them: {command_line('roles --sql')}")
        return exit_codes.FINDINGS
    output.say("the roles are as they should be")
    return exit_codes.OK
