"""Files that somebody hands in: the name as it came, whether a scanner looked, the copy that readers get."""

import sqlalchemy as sa
from alembic import op

revision = "009"
down_revision = "008"
branch_labels = None
depends_on = None

TEXTS = {"raw_name": sa.Text(), "scan": sa.String(40), "finding": sa.Text(), "copying": sa.String(40)}
FIRST = {"scan": "not_scanned", "copying": "not_wanted"}


def upgrade() -> None:
    with op.batch_alter_table("stored_files") as batch:
        for name, kind in TEXTS.items():
            default = sa.text(f"'{FIRST.get(name, '')}'")
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        batch.add_column(sa.Column("scan_tries", sa.Integer(), nullable=False, server_default=sa.text("0")))
        batch.add_column(sa.Column("scan_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("original_id", sa.Uuid(), nullable=True))
    with op.batch_alter_table("stored_files") as batch:
        for name, kind in TEXTS.items():
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        batch.alter_column("scan_tries", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch.create_foreign_key(batch.f("fk_stored_files_original_id"), "stored_files", ["original_id"], ["id"])
        batch.create_unique_constraint(batch.f("uq_stored_files_original_id"), ["original_id"])
        batch.create_check_constraint(
            batch.f("ck_stored_files_only_what_is_infected_has_a_finding"), "(scan = 'infected') = (finding <> '')"
        )
        batch.create_check_constraint(
            batch.f("ck_stored_files_a_copy_is_not_copied"), "original_id IS NULL OR copying = 'not_wanted'"
        )
    op.create_index("ix_stored_files_scan", "stored_files", ["scan", "scan_at"])
    op.create_index("ix_stored_files_copying", "stored_files", ["copying"])


def downgrade() -> None:
    op.drop_index("ix_stored_files_copying", "stored_files")
    op.drop_index("ix_stored_files_scan", "stored_files")
    # The copies of readers mean nothing without the column that says of which file they are one
    op.execute("DELETE FROM stored_files WHERE original_id IS NOT NULL")
    with op.batch_alter_table("stored_files") as batch:
        batch.drop_constraint(batch.f("ck_stored_files_a_copy_is_not_copied"), type_="check")
        batch.drop_constraint(batch.f("ck_stored_files_only_what_is_infected_has_a_finding"), type_="check")
        batch.drop_constraint(batch.f("uq_stored_files_original_id"), type_="unique")
        batch.drop_constraint(batch.f("fk_stored_files_original_id"), type_="foreignkey")
    with op.batch_alter_table("stored_files") as batch:
        for name in ("original_id", "scanned_at", "scan_at", "scan_tries", *reversed(TEXTS)):
            batch.drop_column(name)
