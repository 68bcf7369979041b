"""The application's version, as sessions report it: ``application_name`` is ``NAME/VERSION``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from schemaproof.errors import ConfigurationError

DECLARED: Final = "application"
"""The variable in a revision's file that holds the oldest version that may be connected."""
_FORM: Final = re.compile(r"(?P<name>[^/\s]+)/(?P<version>\d+(?:\.\d+)*)(?![\w.])")


@dataclass(frozen=True, slots=True)
class Application:
    """A version of an application.

    Attributes:
        name: The name of the application.
        version: The numbers of the version.
    """

    name: str
    version: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name}/{'.'.join(map(str, self.version))}"

    def is_older(self, session: str) -> bool:
        """Whether a session belongs to an older or unknown version of the application.

        Args:
            session: The ``application_name`` of the session; PostgreSQL cuts it after 63 bytes.
        """
        if re.split(r"[/\s]", session, maxsplit=1)[0] != self.name:
            return False
        stated = _FORM.match(session)
        return stated is None or _numbers(stated["version"]) < self.version


def required(text: str, where: str) -> Application:
    """Read the oldest version of the application that may be connected.

    Args:
        text: The application and its version as NAME/VERSION, the form of ``application_name``.
        where: The option or the file that contains the text, for the message of an error.

    Raises:
        ConfigurationError: The text does not have the form NAME/VERSION.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ConfigurationError(
            f"{where} is {text!r}, which is not a version of an application",
            remedy="write NAME/VERSION, such as shop/1.4.2, as in the application_name of its"
            " sessions",
        )
    return Application(found["name"], _numbers(found["version"]))


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(one) for one in version.split(".")]
    while numbers and not numbers[-1]:  # The versions 1.4 and 1.4.0 are the same.
        numbers.pop()
    return tuple(numbers)
