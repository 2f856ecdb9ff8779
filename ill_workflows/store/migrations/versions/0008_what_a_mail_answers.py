"""which letters of ours a mail answers"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('mails') as batch:
        batch.add_column(sa.Column('answers', sa.Integer(), nullable=True))
        batch.create_foreign_key('fk_mails_answers', 'letters', ['answers'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('mails') as batch:
        batch.drop_constraint('fk_mails_answers', type_='foreignkey')
        batch.drop_column('answers')
