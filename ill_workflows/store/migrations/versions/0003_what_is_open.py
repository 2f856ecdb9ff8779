"""what is open is found at once, and what nobody asks for is no longer kept in order"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

IDENTITY = {
    'cards_issues': ['card', 'issued_on'],
    'cards_stock': ['card'],
    'usage_loans': ['card', 'item', 'lent_on'],
    'usage_requests': ['request_no'],
}
OPEN = {'cards_issues': ['card', 'issued_on'], 'usage_loans': ['card', 'item']}


def upgrade() -> None:
    for table in IDENTITY:
        op.drop_index(f'ix_{table}_identity', table_name=table)
    for table, columns in OPEN.items():
        still_open = sa.text('returned_on IS NULL')
        op.create_index(
            f'ix_{table}_open', table, columns, sqlite_where=still_open, postgresql_where=still_open
        )
    op.create_index('ix_cards_issues_card', 'cards_issues', ['card'])


def downgrade() -> None:
    op.drop_index('ix_cards_issues_card', table_name='cards_issues')
    for table in OPEN:
        op.drop_index(f'ix_{table}_open', table_name=table)
    for table, columns in IDENTITY.items():
        op.create_index(f'ix_{table}_identity', table, columns)
