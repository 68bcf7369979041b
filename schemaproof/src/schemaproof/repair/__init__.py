"""Turn differences into the SQL that repairs them."""
