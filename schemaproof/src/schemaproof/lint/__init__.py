"""Looking before leaping: what a revision will do to a database, said before it does it."""
