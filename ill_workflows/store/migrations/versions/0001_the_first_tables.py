"""the first tables"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    
    op.create_table('letters',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('policy', sa.String(length=30), nullable=False),
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('library', sa.String(length=20), nullable=False),
    sa.Column('to', sa.JSON(), nullable=False),
    sa.Column('cc', sa.JSON(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('cases', sa.JSON(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letters')),
    sa.UniqueConstraint('message_id', name=op.f('uq_letters_message_id'))
    )
    with op.batch_alter_table('letters', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letters_state'), ['state'], unique=False)

    op.create_table('submissions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('receipt', sa.String(length=40), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('door', sa.String(length=20), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('why', sa.String(length=40), nullable=False),
    sa.Column('form', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('library', sa.String(length=20), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=True),
    sa.Column('interim', sa.Boolean(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=True),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('errors', sa.Integer(), nullable=False),
    sa.Column('warnings', sa.Integer(), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('superseded_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['superseded_by'], ['submissions.id'], name=op.f('fk_submissions_superseded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submissions')),
    sa.UniqueConstraint('receipt', name=op.f('uq_submissions_receipt'))
    )
    with op.batch_alter_table('submissions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submissions_sha256'), ['sha256'], unique=False)
        batch_op.create_index('ix_submissions_version', ['library', 'form', 'month', 'state'], unique=False)

    op.create_table('tokens',
    sa.Column('library', sa.String(length=20), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('library', name=op.f('pk_tokens'))
    )
    op.create_table('cards_issues',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('card', sa.Text(), nullable=True),
    sa.Column('patron', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('department', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('deposit', sa.Text(), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('destination', sa.Text(), nullable=True),
    sa.Column('returned_on', sa.Date(), nullable=True),
    sa.Column('checked_by', sa.Text(), nullable=True),
    sa.Column('checked_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_cards_issues_submission'))
    )
    with op.batch_alter_table('cards_issues', schema=None) as batch_op:
        batch_op.create_index('ix_cards_issues_identity', ['card', 'issued_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_cards_issues_submission'), ['submission'], unique=False)

    op.create_table('cards_stock',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('card', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=True),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_cards_stock_submission'))
    )
    with op.batch_alter_table('cards_stock', schema=None) as batch_op:
        batch_op.create_index('ix_cards_stock_identity', ['card'], unique=False)
        batch_op.create_index(batch_op.f('ix_cards_stock_submission'), ['submission'], unique=False)

    op.create_table('findings',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('sheet', sa.Text(), nullable=False),
    sa.Column('cell', sa.String(length=12), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('severity', sa.String(length=10), nullable=False),
    sa.Column('heading', sa.Text(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_findings_submission'))
    )
    with op.batch_alter_table('findings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_findings_submission'), ['submission'], unique=False)

    op.create_table('notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('policy', sa.String(length=30), nullable=False),
    sa.Column('case_key', sa.Text(), nullable=False),
    sa.Column('episode', sa.String(length=40), nullable=False),
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('written_on', sa.Date(), nullable=False),
    sa.Column('letter', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['letter'], ['letters.id'], name=op.f('fk_notices_letter'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('policy', 'case_key', 'episode', 'step', name=op.f('uq_notices_policy_case_key_episode_step'))
    )
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notices_letter'), ['letter'], unique=False)

    op.create_table('usage_loans',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('card', sa.Text(), nullable=True),
    sa.Column('item', sa.Text(), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('call_number', sa.Text(), nullable=True),
    sa.Column('material', sa.Text(), nullable=True),
    sa.Column('published', sa.Integer(), nullable=True),
    sa.Column('lent_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('returned_on', sa.Date(), nullable=True),
    sa.Column('fine', sa.Integer(), nullable=True),
    sa.Column('fine_paid', sa.Integer(), nullable=True),
    sa.Column('condition', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_usage_loans_submission'))
    )
    with op.batch_alter_table('usage_loans', schema=None) as batch_op:
        batch_op.create_index('ix_usage_loans_identity', ['card', 'item', 'lent_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_usage_loans_submission'), ['submission'], unique=False)

    op.create_table('usage_requests',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('request_no', sa.Text(), nullable=True),
    sa.Column('requested_on', sa.Date(), nullable=True),
    sa.Column('borrower', sa.Text(), nullable=True),
    sa.Column('service', sa.Text(), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('material', sa.Text(), nullable=True),
    sa.Column('published', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('supplied_as', sa.Text(), nullable=True),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('fee', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_usage_requests_submission'))
    )
    with op.batch_alter_table('usage_requests', schema=None) as batch_op:
        batch_op.create_index('ix_usage_requests_identity', ['request_no'], unique=False)
        batch_op.create_index(batch_op.f('ix_usage_requests_submission'), ['submission'], unique=False)

    


def downgrade() -> None:
    
    with op.batch_alter_table('usage_requests', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_usage_requests_submission'))
        batch_op.drop_index('ix_usage_requests_identity')

    op.drop_table('usage_requests')
    with op.batch_alter_table('usage_loans', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_usage_loans_submission'))
        batch_op.drop_index('ix_usage_loans_identity')

    op.drop_table('usage_loans')
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notices_letter'))

    op.drop_table('notices')
    with op.batch_alter_table('findings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_findings_submission'))

    op.drop_table('findings')
    with op.batch_alter_table('cards_stock', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cards_stock_submission'))
        batch_op.drop_index('ix_cards_stock_identity')

    op.drop_table('cards_stock')
    with op.batch_alter_table('cards_issues', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cards_issues_submission'))
        batch_op.drop_index('ix_cards_issues_identity')

    op.drop_table('cards_issues')
    op.drop_table('tokens')
    with op.batch_alter_table('submissions', schema=None) as batch_op:
        batch_op.drop_index('ix_submissions_version')
        batch_op.drop_index(batch_op.f('ix_submissions_sha256'))

    op.drop_table('submissions')
    with op.batch_alter_table('letters', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_letters_state'))

    op.drop_table('letters')
    
