"""Connections: settings that are safe, what a server says, waiting that ends."""
