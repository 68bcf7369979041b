"""From a connection to a schema: the catalogs are asked, and read."""
