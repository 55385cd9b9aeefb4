-- $1 after position, $2 up to position (inclusive), $3 contract or null, $4 types left out or null, in order of position
select position, contract, stream, version, type, event_id, source, occurred_at, recorded_at, actor, correlation, causation, data, leaf_hash
from ledger.events
where position > $1 and position <= $2
  and ($3::text is null or contract = $3)
  and ($4::text[] is null or type <> all ($4))
order by position
