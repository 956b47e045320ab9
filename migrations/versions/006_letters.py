"""Letters of a call's own, digests, and what each mail is about."""

import sqlalchemy as sa
from alembic import op

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None

FILLED = (
    ("users", "mail_pace", sa.String(40), sa.text("'at_once'")),
    ("mails", "template", sa.String(80), sa.text("''")),
    ("mails", "call_slug", sa.String(63), sa.text("''")),
    ("mails", "is_formal", sa.Boolean(), sa.false()),
)


def upgrade() -> None:
    for table, name, kind, beginning in FILLED:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=beginning))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    with op.batch_alter_table("mails") as batch:
        batch.add_column(sa.Column("digest_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(batch.f("fk_mails_digest_id"), "mails", ["digest_id"], ["id"])
        batch.create_index(batch.f("ix_mails_digest_id"), ["digest_id"])
        batch.create_index(batch.f("ix_mails_call_slug"), ["call_slug"])
    op.create_table(
        "call_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(80), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_letters_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_letters")),
        sa.UniqueConstraint("call_id", "template", name=op.f("uq_call_letters_call_id_template")),
    )


def downgrade() -> None:
    op.drop_table("call_letters")
    with op.batch_alter_table("mails") as batch:
        batch.drop_index(batch.f("ix_mails_call_slug"))
        batch.drop_index(batch.f("ix_mails_digest_id"))
        batch.drop_constraint(batch.f("fk_mails_digest_id"), type_="foreignkey")
        batch.drop_column("digest_id")
    for table, name, _kind, _beginning in reversed(FILLED):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)
