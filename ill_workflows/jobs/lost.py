"""Cards that are lost or void, from the rows of the store."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection

from ill_workflows.forms.cards import STOCK
from ill_workflows.forms.cases import LOSSES_OF_CARDS
from ill_workflows.ledger.lost import void_days
from ill_workflows.store import standing


def void_cards(connection: Connection) -> pd.DataFrame:
    """Since when each card is void, and the row that says so (see :func:`void_days`)."""
    losses = standing.sheet_rows(connection, LOSSES_OF_CARDS.table)
    stock = standing.void_stock(connection)
    return void_days(losses.assign(sheet=LOSSES_OF_CARDS.title), stock.assign(sheet=STOCK.title))
