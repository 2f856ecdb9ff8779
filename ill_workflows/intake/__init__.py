"""Where workbooks come from: the inbox folder (mailbox and desk are further doors)."""
