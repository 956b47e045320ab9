"""The profile of an organisation, what its people are in it, invitations, and registrations to be confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "007"
down_revision = "006"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")
FILLED = (
    ("organizations", "kana", sa.Text(), EMPTY),
    ("organizations", "corporate_number", sa.String(13), EMPTY),
    ("organizations", "invoice_number", sa.String(14), EMPTY),
    ("organizations", "tax_status", sa.String(40), sa.text("'unknown'")),
    ("organizations", "representative_title", sa.Text(), EMPTY),
    ("organizations", "representative_name", sa.Text(), EMPTY),
    ("organizations", "contract_signer", sa.Text(), EMPTY),
    ("organizations", "contact_name", sa.Text(), EMPTY),
    ("organizations", "contact_email", sa.String(254), EMPTY),
    ("organizations", "contact_phone", sa.Text(), EMPTY),
    ("organizations", "postal_code", sa.String(7), EMPTY),
    ("organizations", "municipality_code", sa.String(6), EMPTY),
    ("organizations", "address", sa.Text(), EMPTY),
    ("organizations", "version", sa.Integer(), sa.text("1")),
    # Whoever acted for an organisation so far could submit for it, and still can.
    ("memberships", "role", sa.String(40), sa.text("'representative'")),
)


def upgrade() -> None:
    for table, name, kind, beginning in FILLED:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=beginning))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    with op.batch_alter_table("organizations") as batch:
        batch.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_organizations_merged_into_id"), "organizations", ["merged_into_id"], ["id"]
        )
        batch.create_index(batch.f("ix_organizations_merged_into_id"), ["merged_into_id"])
        batch.create_index(batch.f("ix_organizations_corporate_number"), ["corporate_number"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=True),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_invitations_organization_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["users.id"], name=op.f("fk_invitations_invited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(op.f("ix_invitations_organization_id"), "invitations", ["organization_id"])
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_registrations_token_hash")),
    )
    op.create_index(op.f("ix_registrations_email"), "registrations", ["email"])


def downgrade() -> None:
    op.drop_table("registrations")
    op.drop_table("invitations")
    with op.batch_alter_table("organizations") as batch:
        batch.drop_index(batch.f("ix_organizations_corporate_number"))
        batch.drop_index(batch.f("ix_organizations_merged_into_id"))
        batch.drop_constraint(batch.f("fk_organizations_merged_into_id"), type_="foreignkey")
        batch.drop_column("merged_into_id")
    for table, name, _kind, _beginning in reversed(FILLED):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)
