"""Malicious text, and the check that it is escaped."""

import re
from typing import Final

COMMAND: Final = re.compile(r"##[A-Za-z]*\[")
"""What CI systems take for a command wherever it stands."""


def is_harmless(document: str) -> bool:
    """Whether a text has no control character but line ends, and no line that is a CI command."""
    found = [one for one in document.split("\n") if one.lstrip().startswith(("::", "##["))]
    return document.replace("\n", "").isprintable() and not found and not COMMAND.search(document)
