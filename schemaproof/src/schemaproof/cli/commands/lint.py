"""The command ``lint``."""

from pathlib import Path

import click

from schemaproof.cli import exit_codes


@click.command("lint", epilog=exit_codes.TABLE)
@click.argument("revisions", nargs=-1, metavar="[REVISION|FILE]...")
@click.option("--offline", is_flag=True, help="Ask no database: neither rows nor sizes are known.")
@click.option("--strict", is_flag=True, help="Fail also on warnings.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "sarif", "github", "gitlab", "markdown"]),
    default="text",
    show_default=True,
    help="How the findings are written.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the findings into a file.",
)
def command(
    *, revisions: tuple[str, ...], offline: bool, strict: bool, format_: str, output: Path | None
) -> int:
    """Say what is unsafe in revisions: in all, or in those that are named.

    squawk reads their SQL, our own rules the files; of the revisions that are not applied yet, rows
    that are in the way are counted and locks that last are estimated. Exit code 5 on an error.
    """
    from functools import partial
    from importlib import import_module

    from schemaproof.cli.connection import project as find_project
    from schemaproof.cli.output import put
    from schemaproof.cli.pending import chosen, pending_here
    from schemaproof.history.history import load_history
    from schemaproof.lint import linting, squawk
    from schemaproof.lint.findings import Level
    from schemaproof.lint.revisions import load

    squawk.require_program()  # said before any work
    project = find_project()
    history = load_history(project)
    loaded = list(load(project, history, chosen(history, revisions)))
    found = linting.lint(loaded, linting.left_out(project))
    if not offline:
        from schemaproof.catalog.catalog import reading
        from schemaproof.cli.connection import connected_to_read

        with connected_to_read() as connection:
            pending = pending_here(connection, project, history)
            with reading(connection):
                waiting = [revision for revision in loaded if revision.id in pending]
                found += linting.lint_pending(connection, waiting, project)
    render = import_module("schemaproof.cli.lint_report")
    write = {"text": partial(render.as_text, looked_at=len(loaded))}
    put(write.get(format_, getattr(render, f"as_{format_}"))(found, project.root), output)
    failing = any(strict or one.level is Level.ERROR for one in found)
    return exit_codes.UNSAFE if failing else exit_codes.OK
