"""Inspect an existing database before its first upgrade."""
