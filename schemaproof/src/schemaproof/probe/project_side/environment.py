"""The project's Alembic environment, and what it imports."""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import sys
import traceback
from argparse import Namespace
from typing import Any, Callable, Iterable, Iterator, Sequence

from . import (
    alembic_config,
    configuring,
    drivers,
    flask_application,
    imports,
    named_folders,
    recorded_inputs,
    scratch_url,
)
from .attributes import attribute
from .scratch_connections import ScratchConnections

_ASYNC = "sqlalchemy.ext.asyncio"


class Environment:
    """A project, as its own Alembic sees it.

    Attributes:
        metadata: The ``MetaData`` of the models, each as ``module:attribute``.
        objects: Objects that are declared beside the tables, as ``module:attribute``.
        target: The target revision that env.py gets when it runs without applying a revision.
        connections: The listener that redirects connections to the scratch database.
        script_location: The folder of env.py.
        recorded: The files that this process has read.
        connected_by: The drivers with which this process has connected.
        loaded_script: Alembic's view of the revisions; None until their files are read.
        named_folders: The folders of revisions that env.py sets; empty if it sets none.
        wants_worker_thread: Whether env.py is known to need a worker thread of AnyIO.
    """

    def __init__(
        self,
        *,
        ini: str,
        toml: str,
        ini_section: str = "alembic",
        attributes: Sequence[str] = (),
        script_location: str,
        folders: list[str],
        metadata: list[str],
        objects: list[str],
        x: list[str],
        variables: list[str],
        target: str = "head",
    ) -> None:
        self.metadata = metadata
        self.objects = objects
        self.target = target
        self.connections = ScratchConnections()
        self._ini = ini if os.path.exists(ini) else None
        self._toml = toml
        self._section = ini_section
        self._attributes = [one.split("=", 1) for one in attributes]
        self.script_location = script_location
        self._env = os.path.join(script_location, "env.py")
        self.folders = folders
        self._x = x
        self._variables = variables
        self._is_warm = False
        self.connected_by: set[str] = set()
        self.recorded = recorded_inputs.Inputs()
        self.loaded_script: Any = None
        self.named_folders: list[str] = []
        self.wants_worker_thread = False
        self._application = flask_application.Application()
        sys.path[:0] = [folder for folder in folders if folder not in sys.path]

    def config(self, command: Callable[..., Any], **asked: Any) -> Any:
        """Return Alembic's configuration, which names the scratch database.

        Args:
            command: The command of ``alembic.command``.
            asked: Its arguments.
        """
        return self._to_scratch(self.own_config(command, **asked))

    def own_config(self, command: Callable[..., Any], x: Sequence[str] = (), **asked: Any) -> Any:
        """Return Alembic's configuration, as its own command line passes it to env.py.

        Args:
            command: The command of ``alembic.command``.
            x: Further values of ``context.get_x_argument()`` for env.py.
            asked: Its arguments.
        """
        config = self._without_attributes(command, x, asked)
        for name, there in self._attributes:
            config.attributes[name] = attribute(there, "attributes")
        return config

    def _to_scratch(self, config: Any) -> Any:
        config.attributes[configuring.OURS] = True
        self._name_database(config, self.url)
        return config

    def _without_attributes(
        self, command: Callable[..., Any], x: Sequence[str], asked: dict[str, Any]
    ) -> Any:
        config = alembic_config.made(
            self._ini,
            self._toml,
            Namespace(
                name=self._section,
                x=[*self._x, *x] or None,
                **{**alembic_config.USUAL, **asked, "cmd": (command, [], sorted(asked))},
            ),
        )
        config.set_main_option("script_location", alembic_config.escaped(self.script_location))
        return config

    def name_target(self, config: Any, url: str) -> None:
        """Set the address of the project's database wherever env.py may look for it.

        Args:
            config: Alembic's configuration.
            url: The URL of the database; if it names no driver, one that the project has is added.
        """
        scheme, _, rest = url.partition("://")

        def with_driver(drivername: str | None) -> str:
            if "+" in scheme:
                return url
            return f"{drivername or drivers.first()}://{rest}"

        self._name_database(config, with_driver)

    def script(self) -> Any:
        """Return Alembic's view of the revisions, whose files are read only once."""
        from alembic import command
        from alembic.script import ScriptDirectory

        if self.loaded_script is None:
            # Reading the files needs no code of the project.
            config = self._to_scratch(self._without_attributes(command.heads, (), {}))
            self.loaded_script = ScriptDirectory.from_config(config)
            if self.named_folders:
                named_folders.know(self.loaded_script, self.named_folders)
        return self.loaded_script

    @property
    def has_env(self) -> bool:
        """Whether the project has an env.py; revisions can be read and printed without one."""
        return os.path.exists(self._env)

    def application(self) -> contextlib.AbstractContextManager[None]:
        """Enter the application for the env.py of Flask-Migrate, found as ``flask db`` does."""
        is_named = b"current_app" in self._env_source
        return self._application.entered() if is_named else contextlib.nullcontext()

    def warm(self) -> bool:
        """Import the modules of env.py and the models, once for all processes forked later.

        A module that cannot be imported here is imported again when it is used, and fails there.

        Returns:
            Whether this call imported the modules.
        """
        self.connections.listen()
        if self._is_warm:
            return False
        self._is_warm = True
        names = [name.partition(":")[0] for name in (*self.metadata, *self.objects)]
        for name in (*self._imported_by_env, *names):
            with logged():
                importlib.import_module(name)
        with logged(), self.application():
            pass
        # Code that runs env.py later may connect, and then loads the module again.
        self.connections.refused.clear()
        return True

    def load_revisions(self) -> None:
        """Load the revisions, once for all processes forked afterwards."""
        if self.loaded_script is None:
            with logged(), self.application():
                if not [*self.script().walk_revisions()]:
                    # The folder is empty, but env.py may name another one.
                    self.loaded_script = None
            self.connections.refused.clear()

    def import_too(self, modules: Iterable[str]) -> None:
        """Import the modules that a forked process imported, so that later forks have them."""
        for name in modules:
            if name not in sys.modules:
                with logged():
                    importlib.import_module(name)

    def url(self, drivername: str | None = None) -> str:
        """Return a URL of the scratch database, for a driver that the project has."""
        return scratch_url.rendered(self.connections.place, drivername or drivers.first())

    def _name_database(self, config: Any, url: Callable[[str | None], str]) -> None:
        """Set a database in all places where env.py may look for its own."""
        given = config.file_config.get(self._section, "sqlalchemy.url", raw=True, fallback="")
        named = url(self._drivername(given))
        config.set_main_option("sqlalchemy.url", named.replace("%", "%%"))
        for variable in self._variables:
            os.environ[variable] = url(self._drivername(os.environ.get(variable, "")))

    def _drivername(self, url: str) -> str | None:
        """Return the driver that a URL names; else an async driver if env.py uses asyncio."""
        named = drivers.named(url)
        if named is None and _ASYNC in self._imported_by_env:
            return drivers.awaited()
        return named

    @functools.cached_property
    def _imported_by_env(self) -> list[str]:
        return [*imports.named(self._env_source)]

    @functools.cached_property
    def _env_source(self) -> bytes:
        """Return the text of env.py; nothing when it cannot be read."""
        try:
            with open(self._env, "rb") as file:
                return file.read()
        except OSError:
            return b""


@contextlib.contextmanager
def logged() -> Iterator[None]:
    """Continue if the block fails, and log the reason."""
    try:
        yield
    except (Exception, SystemExit):
        traceback.print_exc()
