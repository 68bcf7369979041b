"""The models that env.py passes to Alembic, if the configuration names none."""

from __future__ import annotations

import contextlib
from typing import Any, Iterator

from .configuring import by_name
from .environment import Environment
from .failures import FailedError, first_line

NO_MODELS = "no-models"
"""The failure of an env.py that hands no models to Alembic."""


class _ConfiguredError(BaseException):
    """The exception that ends env.py after it has configured Alembic; env.py cannot catch it."""


def env_metadata(environment: Environment) -> list[Any]:
    """Run env.py up to ``context.configure``, and return its ``target_metadata``.

    It runs in offline mode, so that it opens no connection, unless there is a database to connect
    to.

    Raises:
        FailedError: env.py fails before that, or passes no ``target_metadata``.
    """
    from alembic import command
    from alembic.runtime.environment import EnvironmentContext

    prints = environment.connections.place is None
    config = environment.config(command.upgrade, revision=environment.target, sql=prints)
    script = environment.script()
    with environment.connections.reported(), _configured() as found:
        try:
            with environment.application(), EnvironmentContext(config, script, as_sql=prints):
                script.run_env()
        except (Exception, SystemExit) as error:
            raise FailedError("no-target", f"env.py fails: {first_line(error)}") from error
        except _ConfiguredError:
            pass
    metadata = found[0] if found else None
    parts = list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]
    if not parts or None in parts:
        raise FailedError(NO_MODELS, "env.py passes no target_metadata to Alembic")
    for part in parts:
        _apply_naming_convention(part)
    return parts


def _apply_naming_convention(metadata: Any) -> None:
    """Name the constraints by the current naming convention of the metadata.

    An env.py may set a naming convention after all tables are defined, or before it imports them;
    but in this process they are imported already. Revisions create constraints with the names of
    that convention. A name that a convention has made, or that is final (``conv``), stays.
    """
    from sqlalchemy.exc import InvalidRequestError

    for table in metadata.tables.values():
        for constraint in table.constraints:
            # A name that is made of the constraint's own has none to be made of.
            with contextlib.suppress(InvalidRequestError):
                constraint.dispatch.after_parent_attach(constraint, table)


@contextlib.contextmanager
def _configured() -> Iterator[list[Any]]:
    from alembic.runtime.environment import EnvironmentContext

    found: list[Any] = []

    before = EnvironmentContext.configure

    def configure(_environment: Any, *positional: Any, **named: Any) -> None:
        found.append(by_name(before, positional, named).get("target_metadata"))
        raise _ConfiguredError

    EnvironmentContext.configure = configure  # type: ignore[method-assign, assignment]
    try:
        yield found
    finally:
        EnvironmentContext.configure = before  # type: ignore[method-assign]
