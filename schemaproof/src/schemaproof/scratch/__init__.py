"""Scratch databases, and the server that is bundled."""
