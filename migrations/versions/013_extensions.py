"""Deadlines moved for all or for one, and the reminders that were sent."""

import sqlalchemy as sa
from alembic import op

revision = "013"
down_revision = "012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("extended_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("applications", sa.Column("extended_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("late_attempts", sa.Column("queued_ms", sa.Integer(), nullable=True))
    op.create_table(
        "extensions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("closes_at > closed_at", name=op.f("ck_extensions_is_later")),
        sa.CheckConstraint(
            "organization_id IS NULL OR confirmed_by_id IS NULL OR set_by_id IS NULL OR confirmed_by_id <> set_by_id",
            name=op.f("ck_extensions_two_persons"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_extensions_call_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_extensions_organization_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["users.id"], name=op.f("fk_extensions_set_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["users.id"], name=op.f("fk_extensions_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index(op.f("ix_extensions_call_id_organization_id"), "extensions", ["call_id", "organization_id"])
    op.create_index(op.f("ix_extensions_organization_id"), "extensions", ["organization_id"])
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("extended", "three_days", "one_day", "over", name="reminderkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_reminders_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "application_id", "kind", "closes_at", name=op.f("uq_reminders_application_id_kind_closes_at")
        ),
    )


def downgrade() -> None:
    op.drop_table("reminders")
    op.drop_table("extensions")
    for table, column in (
        ("late_attempts", "queued_ms"),
        ("applications", "extended_until"),
        ("calls", "extended_until"),
    ):
        op.drop_column(table, column)
