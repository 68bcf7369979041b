"""Text that would do something, if it were more than text where it is shown."""

import re
from typing import Final

COMMAND: Final = re.compile(r"##[A-Za-z]*\[")
"""What CI systems take for a command wherever it stands."""


def is_harmless(document: str) -> bool:
    """No control character but line ends, and no line that a CI system takes for a command."""
    found = [one for one in document.split("\n") if one.lstrip().startswith(("::", "##["))]
    return document.replace("\n", "").isprintable() and not found and not COMMAND.search(document)
