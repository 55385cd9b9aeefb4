insert into ledger.events (position, contract, stream, version, type, event_id, source, occurred_at, recorded_at, actor, correlation, causation, data, leaf_hash)
select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::json[], $14::bytea[])
