-- $1 contract, $2 event ids, $3 up to position (inclusive), in order of position
select position, contract, stream, version, type, event_id, source, occurred_at, recorded_at, actor, correlation, causation, data, leaf_hash
from ledger.events
where contract = $1 and event_id = any ($2) and position <= $3
order by position
