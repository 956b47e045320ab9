"""The sample call, and its walk through a whole life."""
