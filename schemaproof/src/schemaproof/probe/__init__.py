"""The project's own Python, asked for what only its code can do."""
