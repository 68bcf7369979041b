"""Servers, projects and values for the tests of schemaproof, and of who uses it."""
