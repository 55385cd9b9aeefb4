-- Read models: derived from the log, thrown away and rebuilt at will.
create schema projections;

create table projections.checkpoints (
    projection text   not null,
    position   bigint not null, -- everything up to here is in the projection, nothing after it
    constraint checkpoints_pkey primary key (projection)
);

insert into projections.checkpoints values ('statements', 0);

-- The folded account of each contract: what the next event is applied to.
create table projections.accounts (
    contract text not null,
    account  json not null,
    constraint accounts_pkey primary key (contract)
);

-- What finance reads: one document a period.
create table projections.period_statements (
    contract  text not null,
    period    int  not null,
    statement json not null,
    constraint period_statements_pkey primary key (contract, period)
);
