"""A page for each table, with the facts of the catalog and the comments. Pure."""
