"""Everything that a comparison can report."""
