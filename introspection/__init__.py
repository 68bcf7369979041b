"""Reading what a database contains, and comparing it with what it should contain."""
