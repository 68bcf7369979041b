"""Mask a password in a text, such as the message of a driver."""

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = "***"
_LONG: Final = 8


def masked(text: str, password: str, public: Collection[str] = ()) -> str:
    """Return a text with the password masked.

    A long password that is not a plain word is masked everywhere. Any other may occur in a message
    by chance (``a``, ``connection``), where masking would reveal it. So it is masked only where a
    password is written: after ``password=`` and between ``:`` and ``@`` of a URL.

    Args:
        text: The text, such as the message of a driver.
        password: The password.
        public: Values that are shown anyway, such as the user: parts of them are no secret.
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
