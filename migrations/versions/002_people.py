"""People: one-time codes, deputies, mail."""

import sqlalchemy as sa
from alembic import op

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_ins") as batch:
        batch.add_column(
            sa.Column(
                "second_step",
                sa.Enum("not_asked", "waits", "passed", name="secondstep", native_enum=False, length=40),
                nullable=False,
                server_default="not_asked",
            )
        )
        batch.add_column(sa.Column("origin", sa.String(length=64), nullable=False, server_default=""))
        batch.add_column(sa.Column("browser", sa.String(length=80), nullable=False, server_default=""))
    with op.batch_alter_table("sign_ins") as batch:
        for column in ("second_step", "origin", "browser"):
            batch.alter_column(column, server_default=None)
    op.create_table(
        "code_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_code_keys_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_keys")),
        sa.UniqueConstraint("user_id", name=op.f("uq_code_keys_user_id")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_recovery_codes_user_id_code_hash")),
    )
    with op.batch_alter_table("call_roles") as batch:
        batch.add_column(sa.Column("until", sa.Date(), nullable=True))
        batch.add_column(sa.Column("deputy_for_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_call_roles_deputy_for_id"), "users", ["deputy_for_id"], ["id"])
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("carries_key", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "sent", "failed", "held", name="mailstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index("ix_mails_due", "mails", ["state", "next_at"])
    op.create_index(op.f("ix_mails_recipient"), "mails", ["recipient"])


def downgrade() -> None:
    op.drop_table("mails")
    with op.batch_alter_table("call_roles") as batch:
        batch.drop_constraint(op.f("fk_call_roles_deputy_for_id"), type_="foreignkey")
        batch.drop_column("deputy_for_id")
        batch.drop_column("until")
    op.drop_table("recovery_codes")
    op.drop_table("code_keys")
    with op.batch_alter_table("sign_ins") as batch:
        for column in ("browser", "origin", "second_step"):
            batch.drop_column(column)
