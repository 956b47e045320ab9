"""How fast and how small grantflow is on a large call of invented data; `make bench` runs it."""
