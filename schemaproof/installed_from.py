"""Fail unless schemaproof is installed from this folder (PEP 610): elsewhere the name is free."""

import json
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Compare where it came from with where this file is."""
    try:
        recorded = distribution("schemaproof").read_text("direct_url.json")
    except PackageNotFoundError:
        sys.exit("schemaproof is not installed: pip install --editable ./schemaproof")
    came_from = json.loads(recorded)["url"] if recorded else "a package index"
    if came_from != HERE.as_uri():
        sys.exit(f"schemaproof came from {came_from}, not from {HERE.as_uri()}")


if __name__ == "__main__":
    main()
