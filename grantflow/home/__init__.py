"""The desk of each role, and the public front page."""
