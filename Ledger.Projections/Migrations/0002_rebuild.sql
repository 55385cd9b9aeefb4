-- Accounts keep more than they did (amendments, renewals, duties): they are folded from the log again.
truncate projections.accounts, projections.period_statements;
update projections.checkpoints set position = 0 where projection = 'statements';
