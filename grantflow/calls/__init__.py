"""Calls for applications (公募) and all that they define."""
