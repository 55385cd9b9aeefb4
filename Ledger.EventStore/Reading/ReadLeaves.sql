-- $1 after position, $2 up to position (inclusive), $3 contracts or null, in order of position; with the leaf that each event's
-- stream chains to
select e.position, e.contract, e.stream, e.version, e.type, e.event_id, e.source, e.occurred_at, e.recorded_at, e.actor, e.correlation, e.causation, e.data, e.leaf_hash,
       (select p.leaf_hash from ledger.events p where p.stream = e.stream and p.version = e.version - 1)
from ledger.events e
where e.position > $1 and e.position <= $2
  and ($3::text[] is null or e.contract = any ($3))
order by e.position
