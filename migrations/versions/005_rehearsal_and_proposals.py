"""Rehearsals, proposals written on the web, the ministry's letter, publication at a set time."""

import sqlalchemy as sa
from alembic import op

revision = "005"
down_revision = "004"
branch_labels = None
depends_on = None

#: Columns that every row must have: with what the rows that are there begin.
FILLED = (
    ("calls", "rehearsal", sa.Boolean(), sa.false()),
    ("applications", "plan", sa.Text(), sa.text("''")),
    ("applications", "confirmed", sa.JSON(), sa.text("'[]'")),
    ("applications", "returned_because", sa.Text(), sa.text("''")),
)


def upgrade() -> None:
    for table, name, kind, beginning in FILLED:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=beginning))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    with op.batch_alter_table("adoption_lists") as batch:
        batch.add_column(sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("publish_set_by_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(batch.f("fk_adoption_lists_publish_set_by_id"), "users", ["publish_set_by_id"], ["id"])
        batch.create_check_constraint(
            batch.f("ck_adoption_lists_time_is_set_once_agreed"),
            "publish_at IS NULL OR status IN ('agreed', 'published')",
        )
    op.create_table(
        "agreement_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("adoption_list_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("official", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR recorded_by_id IS NULL OR confirmed_by_id <> recorded_by_id",
            name=op.f("ck_agreement_letters_confirmed_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["adoption_list_id"], ["adoption_lists.id"], name=op.f("fk_agreement_letters_adoption_list_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_agreement_letters_recorded_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["users.id"], name=op.f("fk_agreement_letters_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_letters")),
    )
    op.create_index(op.f("ix_agreement_letters_adoption_list_id"), "agreement_letters", ["adoption_list_id"])


def downgrade() -> None:
    op.drop_table("agreement_letters")
    with op.batch_alter_table("adoption_lists") as batch:
        batch.drop_constraint(batch.f("ck_adoption_lists_time_is_set_once_agreed"), type_="check")
        batch.drop_constraint(batch.f("fk_adoption_lists_publish_set_by_id"), type_="foreignkey")
        batch.drop_column("publish_set_by_id")
        batch.drop_column("publish_at")
    for table, name, _kind, _beginning in reversed(FILLED):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)
