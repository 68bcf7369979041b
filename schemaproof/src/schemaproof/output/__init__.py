"""What leaves the program: text that is no more than text, files that are whole."""
