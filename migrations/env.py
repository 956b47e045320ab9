"""Alembic's entry: migrates the database it is handed, one dialect like the other."""

from typing import Any

from alembic import context
from sqlalchemy.types import TypeDecorator

from grantflow.schema import METADATA


def plain(kind: str, item: Any, _autogenerate: Any) -> str | bool:
    """Write the column types of our own as what they are stored as, so that no revision depends on today's code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=plain,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
