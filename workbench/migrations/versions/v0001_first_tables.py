"""Files, examinations, parts with their search index, plants."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    now = sa.func.now()
    op.create_table(
        "files",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("format", sa.String(16)),
        sa.Column("unit", sa.String(32)),
        sa.Column("added", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_files"),
    )
    op.create_table(
        "examinations",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("blobs", sa.JSON, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("sha256", "version", name="pk_examinations"),
    )
    op.create_table(
        "parts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("index", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.Double, nullable=False)
            for name in ("length_mm", "width_mm", "height_mm", "volume_mm3", "area_mm2")
        ),
        sa.Column("faces", sa.Integer, nullable=False),
        sa.Column("process", sa.String(32)),
        sa.Column("suitability", sa.Double),
        sa.Column("thumbnail", sa.String(64)),
        sa.Column("glb", sa.String(64)),
        sa.Column("descriptor", sa.String(64)),
        sa.Column("search", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_parts"),
        sa.UniqueConstraint("key", name="uq_parts_key"),
        sa.ForeignKeyConstraint(
            ["sha256"], ["files.sha256"], name="fk_parts_sha256_files", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_parts_sha256", "parts", ["sha256"])
    op.create_index("ix_parts_process", "parts", ["process"])
    op.create_table(
        "plants",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("illustrative", sa.Boolean, nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("imported", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_plants"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _full_text_index()


def _full_text_index() -> None:
    """An FTS5 index over parts.search that triggers keep true."""
    op.execute(
        "CREATE VIRTUAL TABLE parts_words USING fts5("
        "search, content='parts', content_rowid='id', tokenize='unicode61')"
    )
    put = "INSERT INTO parts_words(rowid, search) VALUES (new.id, new.search);"
    take = (
        "INSERT INTO parts_words(parts_words, rowid, search) VALUES ('delete', old.id, old.search);"
    )
    for when, body in (("INSERT", put), ("DELETE", take), ("UPDATE", take + put)):
        op.execute(
            f"CREATE TRIGGER parts_words_{when.lower()} AFTER {when} ON parts BEGIN {body} END"
        )


def downgrade() -> None:
    """Drop everything."""
    if op.get_bind().dialect.name == "sqlite":
        for when in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER parts_words_{when}")
        op.drop_table("parts_words")
    for name in ("plants", "parts", "examinations", "files"):
        op.drop_table(name)
