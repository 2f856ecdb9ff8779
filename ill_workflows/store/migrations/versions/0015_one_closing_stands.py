"""of a month one closing stands at most"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE closings SET reopened_on = closed_on, reopened_at = closed_at,"
        " why = '同時結算兩次，以先完成的為準 / closed twice at once: the first one stands'"
        " WHERE reopened_on IS NULL AND EXISTS (SELECT 1 FROM closings AS first"
        " WHERE first.month = closings.month AND first.reopened_on IS NULL"
        " AND first.id < closings.id)"
    )
    stands = sa.text('reopened_on IS NULL')
    op.create_index(
        'uq_closings_standing', 'closings', ['month'], unique=True,
        sqlite_where=stands, postgresql_where=stands,
    )


def downgrade() -> None:
    op.drop_index('uq_closings_standing', 'closings')
