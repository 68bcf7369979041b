"""A daemon that checks at an interval, and shows the results over HTTP."""
