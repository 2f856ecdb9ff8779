"""Which job is due: the clock is a crontab, the memory is the store."""
