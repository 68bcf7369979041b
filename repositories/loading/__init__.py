"""Rows from files and from a generator, merged into the tables through the repositories."""
