"""Try the engine on unchanged projects of other people, from the package index."""
