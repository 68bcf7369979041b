"""A password, masked in a text that was not written by us."""

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = "***"
_LONG: Final = 8


def masked(text: str, password: str, public: Collection[str] = ()) -> str:
    """Return a text with the password masked.

    A long password that is no mere word is masked wherever it stands. Any other may stand in every
    message by chance (``a``, ``connection``); masked there, it would be told. So it is masked only
    where a password is written: after ``password=`` and between ``:`` and ``@`` of a URL.

    Args:
        text: Such as the message of a driver.
        password: The password.
        public: Values that are shown anyway, such as the user: what they hold is no secret.
    """
    is_secret = not any(password in value for value in public)
    is_rare = len(password) >= _LONG and not password.isalpha() and is_secret
    for written in {password, quote(password, safe=""), quote_plus(password)} - {""}:
        exactly = re.escape(written)
        if is_rare:
            text = text.replace(written, MASK)
        text = re.sub(rf"(?i:(\bpassword\s*=\s*['\"]?)){exactly}(?!\w)", rf"\1{MASK}", text)
        text = re.sub(rf"(://[^\s/@:]*:){exactly}@", rf"\1{MASK}@", text)
    return text
