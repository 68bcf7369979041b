"""The application of Flask that an env.py of Flask-Migrate runs in."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Iterator


class Application:
    """The application, which is found as ``flask db`` does and created once."""

    def __init__(self) -> None:
        self._made: Any = None

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Enter the application; without one, an env.py that needs it fails in the block."""
        from flask.cli import NoAppException, ScriptInfo, load_dotenv

        try:
            if self._made is None:
                load_dotenv()
                self._made = ScriptInfo(os.environ.get("FLASK_APP")).load_app()
        except NoAppException as error:
            missing = error
        else:
            with self._made.app_context():
                yield
            return
        try:
            yield
        except RuntimeError as error:
            # Flask raises it where code needs an application and there is none.
            raise missing from error
