-- Appends a batch and moves the head, all or nothing, where the log still ends as the writer remembers it ($5, $6); else
-- nothing is written. The lock on the head row is the order, as everywhere.
with moved as (
    update ledger.head set position = $1, recorded_at = $2, root = $3, frontier = $4
    where position = $5 and root = $6
    returning position
)
insert into ledger.events (position, contract, stream, version, type, event_id, source, occurred_at, recorded_at, actor, correlation, causation, data, leaf_hash)
select e.*
from unnest($7::bigint[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[], $16::text[], $17::text[], $18::text[], $19::json[], $20::bytea[]) as e
where exists (select from moved)
