"""What reviewers know best and how much they read, and the assignment that was proposed."""

import sqlalchemy as sa
from alembic import op

revision = "017"
down_revision = "016"
branch_labels = None
depends_on = None

LISTS = ("audiences", "features", "regions")


def upgrade() -> None:
    with op.batch_alter_table("reviewers") as table:
        for name in LISTS:
            table.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("least_load", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("most_load", sa.Integer(), nullable=True))
        table.add_column(sa.Column("is_away", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_check_constraint(
            op.f("ck_reviewers_loads_ascend"), "0 <= least_load AND (most_load IS NULL OR least_load <= most_load)"
        )
    with op.batch_alter_table("reviewers") as table:
        for name in (*LISTS, "least_load", "is_away"):
            table.alter_column(name, server_default=None)
    op.create_table(
        "assignment_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_assignment_drafts_call_id_calls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_drafts")),
        sa.UniqueConstraint("call_id", name=op.f("uq_assignment_drafts_call_id")),
    )


def downgrade() -> None:
    op.drop_table("assignment_drafts")
    with op.batch_alter_table("reviewers") as table:
        table.drop_constraint(op.f("ck_reviewers_loads_ascend"), type_="check")
        for name in ("is_away", "most_load", "least_load", *reversed(LISTS)):
            table.drop_column(name)
