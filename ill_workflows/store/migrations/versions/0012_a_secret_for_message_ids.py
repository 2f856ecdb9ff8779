"""a secret word, so that nobody can guess a letter's Message-ID"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

TOKENS = sa.table('tokens', sa.column('library', sa.String), sa.column('token', sa.String))


def upgrade() -> None:
    there = sa.select(TOKENS.c.library).where(TOKENS.c.library == '*')
    if op.get_bind().execute(there).first() is None:
        op.bulk_insert(TOKENS, [{'library': '*', 'token': secrets.token_hex(16)}])


def downgrade() -> None:
    op.execute(TOKENS.delete().where(TOKENS.c.library == '*'))
