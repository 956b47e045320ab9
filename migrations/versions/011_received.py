"""What was received, version by version, and what came too late."""

import sqlalchemy as sa
from alembic import op

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "late_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("organization_name", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(80), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_late_attempts_size_is_not_negative")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_late_attempts_call_id")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_late_attempts_application_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_late_attempts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_attempts")),
    )
    op.create_index(op.f("ix_late_attempts_call_id_received_at"), "late_attempts", ["call_id", "received_at"])
    op.create_index(op.f("ix_late_attempts_application_id"), "late_attempts", ["application_id"])
    op.create_table(
        "submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("tier_key", sa.String(80), nullable=False),
        sa.Column("requested_yen", sa.BigInteger(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_submissions_versions_begin_with_one")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_submissions_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("application_id", "version", name=op.f("uq_submissions_application_id_version")),
        sa.UniqueConstraint("application_id", "key", name=op.f("uq_submissions_application_id_key")),
    )


def downgrade() -> None:
    op.drop_table("submissions")
    op.drop_table("late_attempts")
