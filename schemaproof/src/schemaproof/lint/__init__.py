"""Predict what a revision will do to a database, before it runs."""
