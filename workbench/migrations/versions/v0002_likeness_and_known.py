"""What parts are found by when they are alike, and what is known of them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the index and of what is known."""
    op.create_table(
        "index_entries",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("part_id", sa.Integer, nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("vectors", sa.LargeBinary, nullable=False),
        sa.Column("standard", sa.JSON),
        sa.PrimaryKeyConstraint("id", name="pk_index_entries"),
        sa.UniqueConstraint("part_id", name="uq_index_entries_part_id"),
        sa.ForeignKeyConstraint(
            ["part_id"], ["parts.id"], name="fk_index_entries_part_id_parts", ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,  # the number of a part that was taken out is never given again
    )
    op.create_table(
        "index_words",
        sa.Column("word", sa.Integer, nullable=False),
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("word", "entry_id", name="pk_index_words"),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["index_entries.id"],
            name="fk_index_words_entry_id_index_entries",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_index_words_entry_id", "index_words", ["entry_id"])
    op.create_table(
        "known",
        sa.Column("part_key", sa.String(40), nullable=False),
        sa.Column("status", sa.String(16)),
        sa.Column("price", sa.Double),
        sa.Column("currency", sa.String(3)),
        sa.Column("plant", sa.Text),
        sa.Column("process", sa.String(32)),
        sa.Column("supplier", sa.Text),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("part_key", name="pk_known"),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("known", "index_words", "index_entries"):
        op.drop_table(name)
