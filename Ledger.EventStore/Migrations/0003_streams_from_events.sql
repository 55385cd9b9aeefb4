-- Where a stream ends is read from its events by their unique key: a table that repeats it costs every append an upsert,
-- and could only disagree.
drop view marten.mt_streams;
drop table ledger.streams;

create view marten.mt_streams as
select stream::varchar                      as id,
       split_part(substring(stream from length(contract) + 2), '/', 1)::varchar as type,
       max(version)                         as version,
       max(recorded_at)                     as timestamp,
       min(recorded_at)                     as created,
       '*DEFAULT*'::varchar                 as tenant_id,
       false                                as is_archived
from ledger.events
group by stream, contract;

create trigger mt_streams_refuse instead of insert or update or delete on marten.mt_streams
    for each row execute function marten.refuse_write();
