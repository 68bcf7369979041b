"""Least-privilege roles: the script that creates them, and the deviations of a database."""
