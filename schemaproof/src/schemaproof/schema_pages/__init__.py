"""A page for each table, from the catalog and its comments: pure, from values to text."""
