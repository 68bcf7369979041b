"""Measure time and disk space as the table of odds grows, on generated rows."""
