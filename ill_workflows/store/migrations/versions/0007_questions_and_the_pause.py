"""runs of letters that wait for the host's yes, and the switch that stops all sending"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('questions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions'))
    )
    op.create_table('pauses',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('because', sa.Text(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pauses'))
    )
    with op.batch_alter_table('letters') as batch:
        batch.add_column(sa.Column('question', sa.Integer(), nullable=True))
        batch.create_foreign_key('fk_letters_question', 'questions', ['question'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('letters') as batch:
        batch.drop_constraint('fk_letters_question', type_='foreignkey')
        batch.drop_column('question')
    op.drop_table('pauses')
    op.drop_table('questions')
