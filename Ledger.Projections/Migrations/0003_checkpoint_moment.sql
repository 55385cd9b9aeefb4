-- The moment of the log that a projection has reached, where it reached the head: what it shows is stamped with it.
alter table projections.checkpoints
    add column recorded_at timestamptz null,
    add column root        bytea       null;
