-- $1 stream, $2 up to position (inclusive), in order of version
select position, contract, stream, version, type, event_id, source, occurred_at, recorded_at, actor, correlation, causation, data, leaf_hash
from ledger.events
where stream = $1 and position <= $2
order by version
