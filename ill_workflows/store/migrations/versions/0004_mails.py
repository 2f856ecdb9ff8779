"""what came by mail, and whom the host trusts"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mails',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('folder', sa.Text(), nullable=False),
    sa.Column('uidvalidity', sa.BigInteger(), nullable=False),
    sa.Column('uid', sa.BigInteger(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('parts', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('became', sa.String(length=20), nullable=False),
    sa.Column('submission', sa.Integer(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_mails_submission')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mails')),
    sa.UniqueConstraint('folder', 'uidvalidity', 'uid', 'part', name=op.f('uq_mails_folder_uidvalidity_uid_part'))
    )
    op.create_index(op.f('ix_mails_message_id'), 'mails', ['message_id'], unique=False)
    op.create_table('trusted',
    sa.Column('library', sa.String(length=20), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('library', 'address', name=op.f('pk_trusted'))
    )


def downgrade() -> None:
    op.drop_table('trusted')
    op.drop_index(op.f('ix_mails_message_id'), table_name='mails')
    op.drop_table('mails')
