"""Tickets of whoever was turned away while too many came at once."""

import sqlalchemy as sa
from alembic import op

revision = "016"
down_revision = "015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "busy_tickets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(80), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_busy_tickets_size_is_not_negative")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_busy_tickets_application_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_busy_tickets_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_tickets")),
        sa.UniqueConstraint("mark", name=op.f("uq_busy_tickets_mark")),
    )
    op.create_index(op.f("ix_busy_tickets_application_id"), "busy_tickets", ["application_id"])


def downgrade() -> None:
    op.drop_table("busy_tickets")
