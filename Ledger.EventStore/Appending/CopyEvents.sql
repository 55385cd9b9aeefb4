copy ledger.events (position, contract, stream, version, type, event_id, source, occurred_at, recorded_at, actor, correlation, causation, data, leaf_hash) from stdin (format binary)
