-- $1 sources, $2 event ids, $3 contracts: what is on record under the same key, or under the same id in the contract.
-- The limits, which change nothing for unique keys, keep the planner from reading the whole log for a large batch.
select a.index::int, e.position, e.version, e.contract, e.stream, e.type, e.source, e.occurred_at, e.actor, e.correlation, e.causation, e.data
from unnest($1::text[], $2::text[], $3::text[]) with ordinality as a (source, event_id, contract, index)
cross join lateral (
    (select * from ledger.events k where k.source = a.source and k.event_id = a.event_id limit 1)
    union all
    (select * from (select * from ledger.events k where k.contract = a.contract and k.event_id = a.event_id limit 1) k where k.source <> a.source)
) e
