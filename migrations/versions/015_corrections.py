"""Proposals given back for correction, why one is ineligible, and the checks of officers."""

import datetime as dt
import uuid

import sqlalchemy as sa
from alembic import op

revision = "015"
down_revision = "014"
branch_labels = None
depends_on = None

APPLICATIONS = sa.table(
    "applications",
    sa.column("id", sa.Uuid()),
    sa.column("status", sa.String(40)),
    sa.column("returned_because", sa.Text()),
)
CORRECTIONS = sa.table(
    "corrections",
    *(sa.column(name, sa.Uuid()) for name in ("id", "application_id")),
    *(sa.column(name, sa.Integer()) for name in ("round", "of_version", "version")),
    sa.column("fields", sa.JSON()),
    *(sa.column(name, sa.Text()) for name in ("reason", "asked_by", "extended_by", "extended_because")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("asked_at", "first_due_at", "due_at")),
)
#: Every part that a proposal could have when it was given back as a whole.
PARTS = (
    *("group", "plan", "targets", "approach", "schedule", "indicators", "consortium", "budget", "amount"),
    *("officers", "consents", "confirmations"),
)
#: So long what was given back before may still be mended.
STILL = dt.timedelta(days=30)


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("of_version", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("first_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_by", sa.Text(), nullable=False),
        sa.Column("extended_because", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("round >= 1", name=op.f("ck_corrections_rounds_begin_with_one")),
        sa.CheckConstraint(
            "extended_at IS NULL OR due_at > first_due_at", name=op.f("ck_corrections_extended_is_later")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_corrections_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("application_id", "round", name=op.f("uq_corrections_application_id_round")),
    )
    op.create_table(
        "officer_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_officer_checks_numbers_begin_with_one")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_officer_checks_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_checks")),
        sa.UniqueConstraint("application_id", "number", name=op.f("uq_officer_checks_application_id_number")),
    )
    _keep_why_it_was_returned()
    with op.batch_alter_table("applications") as batch:
        batch.add_column(sa.Column("ineligible_because", sa.Text(), nullable=False, server_default=""))
        batch.drop_column("returned_because")
    with op.batch_alter_table("applications") as batch:
        batch.alter_column("ineligible_because", existing_type=sa.Text(), existing_nullable=False, server_default=None)


def _keep_why_it_was_returned() -> None:
    """What is being mended just now was given back as a whole: all of it stays open for a while."""
    now = dt.datetime.now(dt.UTC)
    found = sa.select(APPLICATIONS.c.id, APPLICATIONS.c.returned_because).where(APPLICATIONS.c.status == "returned")
    rows = [
        {
            "id": uuid.uuid4(),
            "application_id": each.id,
            "round": 1,
            "fields": dict.fromkeys(PARTS, ""),
            "reason": each.returned_because,
            "of_version": 1,
            "asked_at": now,
            "asked_by": "",
            "first_due_at": now + STILL,
            "due_at": now + STILL,
            "extended_by": "",
            "extended_because": "",
            "version": 1,
        }
        for each in op.get_bind().execute(found)
    ]
    if rows:
        op.bulk_insert(CORRECTIONS, rows)


def downgrade() -> None:
    with op.batch_alter_table("applications") as batch:
        batch.add_column(sa.Column("returned_because", sa.Text(), nullable=False, server_default=""))
        batch.drop_column("ineligible_because")
    with op.batch_alter_table("applications") as batch:
        batch.alter_column("returned_because", existing_type=sa.Text(), existing_nullable=False, server_default=None)
    reason = (
        sa.select(sa.column("reason", sa.Text()))
        .select_from(CORRECTIONS)
        .where(CORRECTIONS.c.application_id == APPLICATIONS.c.id)
        .order_by(CORRECTIONS.c.round.desc())
        .limit(1)
        .scalar_subquery()
    )
    op.execute(
        APPLICATIONS.update()
        .where(APPLICATIONS.c.status == "returned")
        .values(returned_because=sa.func.coalesce(reason, ""))
    )
    op.drop_table("officer_checks")
    op.drop_table("corrections")
