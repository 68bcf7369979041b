"""The entry point of ``schemaproof``."""

from schemaproof.cli.start import start


def main() -> None:
    """Load the program, run it, and exit."""
    start("schemaproof", "schemaproof.cli.main")
