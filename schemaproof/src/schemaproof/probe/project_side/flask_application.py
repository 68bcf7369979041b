"""The application of Flask that an env.py of Flask-Migrate runs in."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Iterator


class Application:
    """Finds it as ``flask db`` does, and makes it once."""

    def __init__(self) -> None:
        self._made: Any = None

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Enter it; an env.py may do without one, and one that does not fails for want of it."""
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
