"""Commands for those who work on grantflow; nothing here is needed to run it."""
