"""The name of the file of each page, which is always inside the folder of the pages."""

import hashlib
import re
from typing import Final

from schemaproof.schema.paths import ObjectPath

_PLAIN: Final = re.compile(r"[^a-z0-9_]")
_LONGEST: Final = 150  # File systems allow 255 bytes.
_BEGINNING: Final = 80


def file_name(path: ObjectPath) -> str:
    """Return the name of the file about an object.

    Different paths have different names, even if the file system ignores case. No name leads out of
    the folder.

    >>> file_name(ObjectPath.parse('shop."Order/.."'))
    'shop.-4f-rder-2f--2e--2e-.html'
    """
    text = ".".join(map(_encoded, path.names))
    if len(text) > _LONGEST:
        # The name cannot be that of another path: every encoded character has a hyphen on both
        # sides.
        digest = hashlib.sha256(text.encode("ascii")).hexdigest()[:32]
        text = f"{text[:_BEGINNING]}-{digest}"
    return f"{text}.html"


def _encoded(name: str) -> str:
    return _PLAIN.sub(lambda found: f"-{ord(found[0]):x}-", name)
