select stream, version, last_leaf from ledger.streams where stream = any($1)
