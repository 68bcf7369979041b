"""Least-privilege roles: the script that creates them, and deviations of a database from it."""
