"""Start the part that runs in the project's own Python: ``python start.py IN OUT IN OUT``.

It and ``project_side`` use the standard library only, of Python 3.8 or later, and never the package
``schemaproof``: the project's environment need not have the packages of the program.
"""

import os
import sys
from importlib import import_module

_FOLDER = os.path.dirname(os.path.abspath(__file__))

if __name__ == "__main__":
    # The module is imported from this folder, because the package above may not be importable here.
    requests = import_module("project_side.requests")
    # The folder is removed from the path, so that the project's imports do not find modules in it.
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != _FOLDER]
    requests.serve(*map(int, sys.argv[1:]))
