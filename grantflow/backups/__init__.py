"""Backups (控え): the whole installation in one file that proves itself, and back from it into an empty place."""
