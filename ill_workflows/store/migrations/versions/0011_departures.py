"""what lenders answer about leavers, and who never had a card"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('answers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_no', sa.String(length=20), nullable=False),
    sa.Column('lender', sa.String(length=20), nullable=False),
    sa.Column('answer', sa.String(length=20), nullable=False),
    sa.Column('item', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answers'))
    )
    with op.batch_alter_table('answers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answers_case_no'), ['case_no'], unique=False)

    op.create_table('leaver_counts',
    sa.Column('library', sa.String(length=20), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('library', 'month', name=op.f('pk_leaver_counts'))
    )
    op.create_table('leaver_marks',
    sa.Column('library', sa.String(length=20), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('leaving_on', sa.Date(), nullable=False),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_leaver_marks_submission')),
    sa.PrimaryKeyConstraint('library', 'mark', 'kind', 'leaving_on', name=op.f('pk_leaver_marks'))
    )


def downgrade() -> None:
    op.drop_table('leaver_marks')
    op.drop_table('leaver_counts')
    op.drop_table('answers')
