"""The list of officers that a proposal was received with, beside the one that its group goes on writing."""

import sqlalchemy as sa
from alembic import op

revision = "018"
down_revision = "017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("officer_lists") as table:
        table.add_column(sa.Column("received", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("received_count", sa.Integer(), nullable=True))
    # What was written since cannot be told apart any more: the list as it stands is the one that was received
    op.execute(
        "UPDATE officer_lists SET received = sealed, received_count = officer_count"
        " WHERE application_id IN (SELECT application_id FROM submissions)"
    )
    with op.batch_alter_table("officer_lists") as table:
        table.alter_column("received", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("officer_lists") as table:
        table.drop_column("received_count")
        table.drop_column("received")
