"""Scoring: the panel, answers on conflicts, four kinds of a grade."""

import sqlalchemy as sa
from alembic import op

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None

KINDS = sa.Enum("graded", "missing", "abstained", "not_applicable", name="scorekind", native_enum=False, length=40)
CONFLICTS = sa.Enum(
    *("family", "member", "coworker", "paid", "supporter", "rival", "other"),
    name="conflictkind",
    native_enum=False,
    length=40,
)


def upgrade() -> None:
    op.create_table(
        "committees",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "confirmed", "locked", name="committeestatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_committees_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committees")),
        sa.UniqueConstraint("call_id", name=op.f("uq_committees_call_id")),
    )
    with op.batch_alter_table("conflicts") as batch:
        batch.add_column(sa.Column("kind", CONFLICTS, nullable=True))
    with op.batch_alter_table("assignments") as batch:
        batch.add_column(sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("scores") as batch:
        batch.add_column(sa.Column("kind", KINDS, nullable=False, server_default="graded"))
        batch.alter_column("value", existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table("scores") as batch:
        batch.alter_column("kind", existing_type=KINDS, existing_nullable=False, server_default=None)
        batch.create_check_constraint(
            batch.f("ck_scores_a_grade_has_a_value"), "(kind = 'graded') = (value IS NOT NULL)"
        )


def downgrade() -> None:
    op.execute("DELETE FROM scores WHERE value IS NULL")
    with op.batch_alter_table("scores") as batch:
        batch.drop_constraint(batch.f("ck_scores_a_grade_has_a_value"), type_="check")
    with op.batch_alter_table("scores") as batch:
        batch.drop_column("kind")
        batch.alter_column("value", existing_type=sa.Integer(), nullable=False)
    op.execute("UPDATE assignments SET status = 'accepted' WHERE status = 'offered'")
    with op.batch_alter_table("assignments") as batch:
        batch.drop_column("saved_at")
    with op.batch_alter_table("conflicts") as batch:
        batch.drop_column("kind")
    op.drop_table("committees")
