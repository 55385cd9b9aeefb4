update ledger.head set position = $1, recorded_at = $2, root = $3, frontier = $4
