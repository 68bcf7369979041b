"""Servers, projects and values for the tests of schemaproof and of programs that use it."""
