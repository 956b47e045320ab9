"""Rows for tests, made by the project's own operations."""
