"""Measure how many changes made outside of the history ``monps-db check`` finds."""
