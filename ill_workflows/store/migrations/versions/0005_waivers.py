"""why the host accepted a workbook in spite of findings"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('waivers',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('because', sa.Text(), nullable=False),
    sa.Column('waived_on', sa.Date(), nullable=False),
    sa.Column('waived_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['returned'], ['submissions.id'], name=op.f('fk_waivers_returned')),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_waivers_submission')),
    sa.PrimaryKeyConstraint('submission', name=op.f('pk_waivers'))
    )


def downgrade() -> None:
    op.drop_table('waivers')
