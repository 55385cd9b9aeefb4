-- The log in the layout of Marten 9, read-only, so that a Marten application can read, aggregate and rebuild over it.
create schema marten;

create view marten.mt_events as
select position                                              as seq_id,
       encode(substring(leaf_hash from 1 for 16), 'hex')::uuid as id,
       stream::varchar                                       as stream_id,
       version                                               as version,
       data::jsonb                                           as data,
       null::bytea                                           as bdata,
       type::varchar                                         as type,
       recorded_at                                           as timestamp,
       '*DEFAULT*'::varchar                                  as tenant_id,
       null::varchar                                         as mt_dotnet_type,
       correlation::varchar                                  as correlation_id,
       causation::varchar                                    as causation_id,
       jsonb_build_object('actor', actor, 'contract', contract, 'occurred_at', occurred_at) as headers,
       false                                                 as is_archived
from ledger.events;

create view marten.mt_streams as
select stream::varchar                      as id,
       split_part(substring(stream from length(contract) + 2), '/', 1)::varchar as type,
       version                              as version,
       updated_at                           as timestamp,
       created_at                           as created,
       '*DEFAULT*'::varchar                 as tenant_id,
       false                                as is_archived
from ledger.streams;

-- Views over one table would be updatable: nothing is written through these.
create function marten.refuse_write() returns trigger language plpgsql as $$
begin
    raise exception 'the marten views are read-only: % is refused', tg_op
        using errcode = 'insufficient_privilege', hint = 'Append through the ledger.';
end
$$;
create trigger mt_events_refuse instead of insert or update or delete on marten.mt_events
    for each row execute function marten.refuse_write();
create trigger mt_streams_refuse instead of insert or update or delete on marten.mt_streams
    for each row execute function marten.refuse_write();

-- Marten's own daemon tables, empty.
create table marten.mt_event_progression (
    name         varchar primary key,
    last_seq_id  bigint,
    last_updated timestamptz default transaction_timestamp()
);

create table marten.mt_high_water_skips (
    ending_sequence   bigint primary key,
    starting_sequence bigint not null,
    timestamp         timestamptz default transaction_timestamp()
);

create table marten.mt_doc_deadletterevent (
    id               uuid primary key,
    data             jsonb not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_version       uuid not null default gen_random_uuid(),
    mt_dotnet_type   varchar
);

create function marten.mt_mark_event_progression(name varchar, last_encountered bigint) returns void language sql as $$
    insert into marten.mt_event_progression (name, last_seq_id, last_updated)
    values (mt_mark_event_progression.name, last_encountered, transaction_timestamp())
    on conflict on constraint mt_event_progression_pkey
        do update set last_seq_id = excluded.last_seq_id, last_updated = excluded.last_updated
$$;

-- Marten's daemon reads the sequence's last_value as the highest assigned position: it follows the head.
create sequence marten.mt_events_sequence;

create function marten.follow_head() returns trigger language plpgsql as $$
begin
    if new.position > 0 then
        perform setval('marten.mt_events_sequence', new.position);
    end if;
    return null;
end
$$;
create trigger head_moves_sequence after update on ledger.head
    for each row execute function marten.follow_head();
