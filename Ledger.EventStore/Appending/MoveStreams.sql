insert into ledger.streams as s (stream, contract, version, last_leaf, created_at, updated_at)
select stream, contract, version, last_leaf, recorded_at, recorded_at
from unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[], $5::timestamptz[]) as m (stream, contract, version, last_leaf, recorded_at)
on conflict (stream) do update set version = excluded.version, last_leaf = excluded.last_leaf, updated_at = excluded.updated_at
