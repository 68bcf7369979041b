"""Copy the rows of the old quantum tables into the tables of Quantum ADN 2.0."""
