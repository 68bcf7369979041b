"""Least-privilege roles: the script that makes them, and what of a database says otherwise."""
