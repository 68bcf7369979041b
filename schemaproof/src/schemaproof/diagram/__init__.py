"""Draw a schema as text, in several formats; Graphviz computes the layout."""
