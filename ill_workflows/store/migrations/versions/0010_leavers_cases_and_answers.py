"""what leavers, cases and clearance answers say"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('cases_claims',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('claim_no', sa.Text(), nullable=True),
    sa.Column('card', sa.Text(), nullable=True),
    sa.Column('item', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=True),
    sa.Column('amount', sa.Integer(), nullable=True),
    sa.Column('opened_on', sa.Date(), nullable=True),
    sa.Column('paid', sa.Integer(), nullable=True),
    sa.Column('action', sa.Text(), nullable=True),
    sa.Column('acted_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_cases_claims_submission'))
    )
    with op.batch_alter_table('cases_claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cases_claims_submission'), ['submission'], unique=False)

    op.create_table('cases_losses',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('card', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=True),
    sa.Column('opened_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_cases_losses_submission'))
    )
    with op.batch_alter_table('cases_losses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cases_losses_submission'), ['submission'], unique=False)

    op.create_table('cases_recalls',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('card', sa.Text(), nullable=True),
    sa.Column('item', sa.Text(), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('needed_by', sa.Date(), nullable=True),
    sa.Column('opened_on', sa.Date(), nullable=True),
    sa.Column('returned_on', sa.Date(), nullable=True),
    sa.Column('cancelled_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_cases_recalls_submission'))
    )
    with op.batch_alter_table('cases_recalls', schema=None) as batch_op:
        batch_op.create_index('ix_cases_recalls_open', ['card', 'item'], unique=False, sqlite_where=sa.text('returned_on IS NULL'), postgresql_where=sa.text('returned_on IS NULL'))
        batch_op.create_index(batch_op.f('ix_cases_recalls_submission'), ['submission'], unique=False)

    op.create_table('cases_suspensions',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('card', sa.Text(), nullable=True),
    sa.Column('violated_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('suspended_from', sa.Date(), nullable=True),
    sa.Column('suspended_until', sa.Date(), nullable=True),
    sa.Column('lifted_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_cases_suspensions_submission'))
    )
    with op.batch_alter_table('cases_suspensions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cases_suspensions_submission'), ['submission'], unique=False)

    op.create_table('clearance_answers',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('case_no', sa.Text(), nullable=True),
    sa.Column('card', sa.Text(), nullable=True),
    sa.Column('held_from', sa.Date(), nullable=True),
    sa.Column('held_until', sa.Date(), nullable=True),
    sa.Column('leaving_on', sa.Date(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('item', sa.Text(), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('amount', sa.Integer(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_clearance_answers_submission'))
    )
    with op.batch_alter_table('clearance_answers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_clearance_answers_submission'), ['submission'], unique=False)

    op.create_table('departures_leavers',
    sa.Column('submission', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('patron', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=True),
    sa.Column('leaving_on', sa.Date(), nullable=True),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['submission'], ['submissions.id'], name=op.f('fk_departures_leavers_submission'))
    )
    with op.batch_alter_table('departures_leavers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_departures_leavers_submission'), ['submission'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('departures_leavers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_departures_leavers_submission'))

    op.drop_table('departures_leavers')
    with op.batch_alter_table('clearance_answers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_clearance_answers_submission'))

    op.drop_table('clearance_answers')
    with op.batch_alter_table('cases_suspensions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cases_suspensions_submission'))

    op.drop_table('cases_suspensions')
    with op.batch_alter_table('cases_recalls', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cases_recalls_submission'))
        batch_op.drop_index('ix_cases_recalls_open', sqlite_where=sa.text('returned_on IS NULL'), postgresql_where=sa.text('returned_on IS NULL'))

    op.drop_table('cases_recalls')
    with op.batch_alter_table('cases_losses', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cases_losses_submission'))

    op.drop_table('cases_losses')
    with op.batch_alter_table('cases_claims', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cases_claims_submission'))

    op.drop_table('cases_claims')
