"""Where the part that runs in the project's own Python begins: ``python start.py IN OUT``.

The standard library only, Python 3.8 or later, and never the package ``schemaproof``: what is
installed beside the program is not installed beside the project.
"""

import os
import sys

_FOLDER = os.path.dirname(os.path.abspath(__file__))

if __name__ == "__main__":
    from schemaproof_probe import requests

    # Nothing of the project is found in this folder.
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != _FOLDER]
    requests.serve(int(sys.argv[1]), int(sys.argv[2]))
