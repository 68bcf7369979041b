"""The setting ``DB_SCRATCH_URL``: the server on which scratch databases are created.

No other setting is read with it, because CI has a scratch server but no database to log in to.
"""

import os
from typing import Final
from urllib.parse import urlsplit

from core.env_file import PASSWORD, load_env_file, refuse_foreign_address

_SETTING: Final = "DB_SCRATCH_URL"


def scratch_url() -> str | None:
    """Return the URL, from the environment or from ``.env``; None if it is not set.

    Raises:
        ConfigurationError: ``.env`` cannot be used.
    """
    given = os.environ.get(_SETTING)
    if given is None:
        file = load_env_file((_SETTING,))
        given = file.values.get(_SETTING)
        if PASSWORD in os.environ or _would_take_libpq_password(given):
            refuse_foreign_address(file, file.values)
    return given


def _would_take_libpq_password(url: str | None) -> bool:
    return "PGPASSWORD" in os.environ and urlsplit(url or "").password is None
