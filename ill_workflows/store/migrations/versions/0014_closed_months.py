"""closed months: their figures, and what later sheets would change in them"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime
    op.create_table(
        'closings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('month', sa.String(length=7), nullable=False),
        sa.Column('closed_on', sa.Date(), nullable=False),
        sa.Column('closed_at', moment(timezone=True), nullable=False),
        sa.Column('seen', sa.Integer(), nullable=False),
        sa.Column('looked', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('reopened_on', sa.Date(), nullable=True),
        sa.Column('reopened_at', moment(timezone=True), nullable=True),
        sa.Column('why', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_closings')),
    )
    op.create_index(op.f('ix_closings_month'), 'closings', ['month'])
    op.create_table(
        'closed_figures',
        sa.Column('closing', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=30), nullable=False),
        sa.Column('rows', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ['closing'], ['closings.id'], name=op.f('fk_closed_figures_closing')
        ),
        sa.PrimaryKeyConstraint('closing', 'name', name=op.f('pk_closed_figures')),
    )
    op.create_table(
        'restatements',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('closing', sa.Integer(), nullable=False),
        sa.Column('library', sa.String(length=20), nullable=False),
        sa.Column('receipts', sa.JSON(), nullable=False),
        sa.Column('noticed_on', sa.Date(), nullable=False),
        sa.Column('noticed_at', moment(timezone=True), nullable=False),
        sa.Column('changes', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ['closing'], ['closings.id'], name=op.f('fk_restatements_closing')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_restatements')),
    )
    op.create_index(op.f('ix_restatements_closing'), 'restatements', ['closing'])


def downgrade() -> None:
    op.drop_table('restatements')
    op.drop_table('closed_figures')
    op.drop_table('closings')
