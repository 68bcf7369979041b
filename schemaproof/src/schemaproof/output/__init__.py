"""Output of the program: text that is never interpreted, files that are written whole."""
