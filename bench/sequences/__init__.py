"""Random sequences of operations on repositories, beside a model of the tables in plain Python."""
