"""Proposals in sections, officers, partners' consents, proposals typed by the secretariat."""

import json
import uuid

import sqlalchemy as sa
from alembic import op

revision = "008"
down_revision = "007"
branch_labels = None
depends_on = None

APPLICATIONS = sa.table(
    "applications",
    *(sa.column(name, sa.Uuid()) for name in ("id", "call_id")),
    *(sa.column(name, sa.Text()) for name in ("title", "summary", "activity_area", "plan")),
    *(sa.column(name, sa.JSON()) for name in ("audience", "features", "confirmed")),
    sa.column("requested_yen", sa.BigInteger()),
    sa.column("status", sa.String(40)),
    sa.column("definition_version", sa.Integer()),
)
CALLS = sa.table("calls", sa.column("id", sa.Uuid()), sa.column("definition_version", sa.Integer()))
SECTIONS = sa.table(
    "application_sections",
    *(sa.column(name, sa.Uuid()) for name in ("id", "application_id")),
    sa.column("key", sa.String(40)),
    sa.column("content", sa.JSON()),
    sa.column("saved_at", sa.DateTime(timezone=True)),
    sa.column("saved_by", sa.Text()),
    sa.column("version", sa.Integer()),
)


def upgrade() -> None:
    op.create_table(
        "application_sections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_application_sections_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_sections")),
        sa.UniqueConstraint("application_id", "key", name=op.f("uq_application_sections_application_id_key")),
    )
    op.create_table(
        "officer_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("officer_count", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("purge_on", sa.Date(), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_officer_lists_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_lists")),
        sa.UniqueConstraint("application_id", name=op.f("uq_officer_lists_application_id")),
    )
    op.create_index(op.f("ix_officer_lists_purge_on"), "officer_lists", ["purge_on"])
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_consents_application_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_consents_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_consents_token_hash")),
    )
    op.create_index(op.f("ix_consents_application_id"), "consents", ["application_id"])
    op.create_table(
        "proxy_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("came_by", sa.Text(), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=True),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("confirmed_with", sa.String(20), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_proxy_entries_application_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_proxy_entries_entered_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_proxy_entries_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_entries")),
        sa.UniqueConstraint("application_id", name=op.f("uq_proxy_entries_application_id")),
    )
    with op.batch_alter_table("applications") as batch:
        batch.add_column(sa.Column("definition_version", sa.Integer(), nullable=False, server_default=sa.text("1")))
    with op.batch_alter_table("applications") as batch:
        batch.alter_column(
            "definition_version", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )
    newest = sa.select(CALLS.c.definition_version).where(CALLS.c.id == APPLICATIONS.c.call_id).scalar_subquery()
    op.execute(sa.update(APPLICATIONS).values(definition_version=newest))
    _divide()
    with op.batch_alter_table("applications") as batch:
        batch.drop_column("plan")


def _divide() -> None:
    """What proposals written on the web said so far, as sections."""
    connection = op.get_bind()
    now = sa.func.current_timestamp()
    for row in connection.execute(sa.select(APPLICATIONS).where(APPLICATIONS.c.plan != "")).mappings().all():
        plan = {
            "title": row["title"],
            "summary": row["summary"],
            "activity_area": row["activity_area"],
            "answers": {"plan": row["plan"]},
        }
        contents = {
            "plan": plan,
            "targets": {"targets": [[each, ""] for each in row["audience"]], "features": row["features"]},
            "amount": {"requested_yen": row["requested_yen"]},
            "confirmations": {"confirmed": row["confirmed"]},
        }
        for key, content in contents.items():
            connection.execute(
                sa.insert(SECTIONS).values(
                    id=uuid.uuid4(),
                    application_id=row["id"],
                    key=key,
                    content=content,
                    saved_at=now,
                    saved_by="",
                    version=1,
                )
            )


def downgrade() -> None:
    with op.batch_alter_table("applications") as batch:
        batch.add_column(sa.Column("plan", sa.Text(), nullable=False, server_default=sa.text("''")))
    with op.batch_alter_table("applications") as batch:
        batch.alter_column("plan", existing_type=sa.Text(), existing_nullable=False, server_default=None)
        batch.drop_column("definition_version")
    connection = op.get_bind()
    for row in connection.execute(sa.select(SECTIONS).where(SECTIONS.c.key == "plan")).mappings().all():
        content = row["content"] if isinstance(row["content"], dict) else json.loads(row["content"])
        text = "\n\n".join(content.get("answers", {}).values())
        connection.execute(sa.update(APPLICATIONS).where(APPLICATIONS.c.id == row["application_id"]).values(plan=text))
    for table in ("proxy_entries", "consents", "officer_lists", "application_sections"):
        op.drop_table(table)
