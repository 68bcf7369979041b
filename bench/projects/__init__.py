"""Projects of other people, from the package index, with nothing of theirs changed."""
