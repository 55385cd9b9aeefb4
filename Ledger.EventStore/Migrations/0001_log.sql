-- The log: one table, one order. A position is assigned at commit under the head row's lock, so it has no gaps.
create schema ledger;

create table ledger.events (
    position    bigint      not null,
    contract    text        not null,
    stream      text        not null,
    version     bigint      not null,
    type        text        not null,
    event_id    text        not null,
    source      text        not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    actor       text        not null,
    correlation text        null,
    causation   text        null,
    data        json        not null, -- json, not jsonb: the exact bytes that were hashed
    leaf_hash   bytea       not null,
    constraint events_pkey primary key (position),
    constraint events_stream_version_key unique (stream, version),
    constraint events_source_event_id_key unique (source, event_id),
    constraint events_contract_event_id_key unique (contract, event_id),
    constraint events_leaf_hash_check check (length(leaf_hash) = 32)
);

create index events_contract_position_idx on ledger.events (contract, position);
create index events_recorded_at_idx on ledger.events using brin (recorded_at);

-- One row: where the log ends, and the Merkle tree over it. Whoever appends holds its lock until commit.
create table ledger.head (
    singleton   boolean     not null default true,
    position    bigint      not null,
    recorded_at timestamptz not null,
    root        bytea       not null,
    frontier    bytea       not null, -- the roots of the perfect subtrees, largest first, 32 bytes each
    constraint head_pkey primary key (singleton),
    constraint head_singleton_check check (singleton)
);

insert into ledger.head (position, recorded_at, root, frontier)
values (0, '-infinity', sha256(''), '');

-- Where each stream ends: its version and the leaf hash that the next event of the stream chains to.
create table ledger.streams (
    stream    text        not null,
    contract  text        not null,
    version   bigint      not null,
    last_leaf bytea       not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint streams_pkey primary key (stream)
);

create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'ledger.events is append-only: % is refused', tg_op
        using errcode = 'insufficient_privilege',
              hint = 'Mistakes are corrected by adding an event.';
end
$$;

create trigger events_refuse_update_delete before update or delete on ledger.events
    for each row execute function ledger.refuse_change();
create trigger events_refuse_truncate before truncate on ledger.events
    for each statement execute function ledger.refuse_change();
