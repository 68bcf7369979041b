"""The history of the schema: revisions, their snapshots, and the runner that applies them."""
