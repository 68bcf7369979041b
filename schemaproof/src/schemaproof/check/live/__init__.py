"""Checks that need a live database: sequence values, settings, rows."""
