"""Pictures of a schema: pure, from values to text; the layout is Graphviz's."""
