"""Differences → the SQL that takes them back."""
