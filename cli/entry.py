"""The entry point of ``monps-db``."""

from schemaproof.cli.start import start


def main() -> None:
    """Load the program, run it, and exit."""
    start("monps-db", "cli.main")
