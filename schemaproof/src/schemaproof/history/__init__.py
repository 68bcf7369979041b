"""Revisions, their snapshots, the version table and the ledger."""
