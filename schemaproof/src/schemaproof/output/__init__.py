"""Output of the program: values are escaped, and files are written as a whole."""
