"""what was refused"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('letters', schema=None) as batch_op:
        batch_op.add_column(sa.Column('handed', sa.Boolean(), server_default=sa.false(), nullable=False))

    op.create_table('refusals',
    sa.Column('letter', sa.Integer(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('refused_on', sa.Date(), nullable=False),
    sa.Column('dead', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['letter'], ['letters.id'], name=op.f('fk_refusals_letter'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('letter', 'address', name=op.f('pk_refusals'))
    )


def downgrade() -> None:
    op.drop_table('refusals')
    with op.batch_alter_table('letters', schema=None) as batch_op:
        batch_op.drop_column('handed')
