-- $1 sources, $2 event ids, $3 contracts: what is on record under the same key, or under the same id in the contract.
with asked as (
    select * from unnest($1::text[], $2::text[], $3::text[]) with ordinality as a (source, event_id, contract, index)
), known as (
    select a.index, k.position from asked a join ledger.events k on k.source = a.source and k.event_id = a.event_id
    union
    select a.index, k.position from asked a join ledger.events k on k.contract = a.contract and k.event_id = a.event_id
)
select known.index::int, e.position, e.version, e.contract, e.stream, e.type, e.source, e.occurred_at, e.actor, e.correlation, e.causation, e.data
from known join ledger.events e on e.position = known.position
