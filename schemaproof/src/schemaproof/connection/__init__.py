"""Connections: their settings, the errors of the server, and limits on waiting."""
