using Weasel.Core;

namespace Ledger.Projections.Store;

/// <summary>
/// What the database itself holds about Marten's event tables: no append without the log's lock, no tombstones (Marten writes
/// one where a save failed, outside the lock, for numbers that are given again), no change or removal of an event; and the
/// index by which a contract's history is read.
/// </summary>
public static class LogGuard
{
    /// <summary>The setting, local to a transaction, that says that it holds the log's lock.</summary>
    public const string Mark = "ledger.locked";

    /// <summary>The index over a contract's events in their order.</summary>
    public const string ContractIndex = "mt_events_tenant_id_seq_id";

    private const string Events = $"{LedgerStore.Schema}.mt_events";
    private const string Streams = $"{LedgerStore.Schema}.mt_streams";

    /// <summary>The objects, in the order in which they are made.</summary>
    internal static IEnumerable<ISchemaObject> Objects()
    {
        yield return new TriggerFunction(
            "guard_append",
            """
            if new.type = 'tombstone' then
                return null;
            end if;
            raise exception 'an append to the ledger holds the log''s lock first'
                using errcode = 'insufficient_privilege', hint = 'Append through a session of the ledger''s store.';
            """
        );
        yield return new TriggerFunction("leave_out", "return null;");
        yield return new TriggerFunction(
            "refuse_change",
            """
            raise exception '% is append-only: % is refused', tg_table_schema || '.' || tg_table_name, tg_op
                using errcode = 'insufficient_privilege', hint = 'Mistakes are corrected by adding an event.';
            """
        );
        yield return new TableTrigger(
            Events,
            "guard_append",
            "before insert",
            $"for each row when (new.type = 'tombstone' or current_setting('{Mark}', true) is distinct from 'on')",
            "guard_append"
        );
        yield return new TableTrigger(Events, "refuse_update_delete", "before update or delete", "for each row", "refuse_change");
        yield return new TableTrigger(Events, "refuse_truncate", "before truncate", "for each statement", "refuse_change");
        yield return new TableTrigger(
            Streams,
            "leave_out_tombstones",
            "before insert",
            "for each row when (new.id = 'mt_tombstone')",
            "leave_out"
        );
        yield return new TableTrigger(Streams, "refuse_delete", "before delete", "for each row", "refuse_change");
        yield return new ContractHistoryIndex();
    }

    private sealed class ContractHistoryIndex : SchemaPiece
    {
        public override DbObjectName Identifier { get; } = LedgerStore.Named(ContractIndex);

        protected override string Create => $"create index if not exists {ContractIndex} on {Events} (tenant_id, seq_id);";

        protected override string Drop => $"drop index if exists {Identifier};";

        protected override string Exists => $"select 1 from pg_index where indexrelid = to_regclass('{Identifier}') and indisvalid";
    }
}
