using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>
/// The role that the service works in: it adds to the log and can change nothing that is recorded. That is hygiene, not proof:
/// the Merkle log is the proof. Where the user may not make roles, the service works as the user it is (docs/architecture.md,
/// "Rights in the database").
/// </summary>
public static class ServiceRole
{
    /// <summary>Its name.</summary>
    public const string Name = "ledger_service";

    // Another database of the server may make it at the same moment.
    private const string Create = $"""
        do $$
        begin
            if not exists (select from pg_roles where rolname = '{Name}') then
                create role {Name} nologin;
            end if;
        exception
            when insufficient_privilege or duplicate_object or unique_violation then null;
        end
        $$
        """;

    private const string Grant = $"""
        do $$
        declare
            made record;
        begin
            if exists (select from pg_roles where rolname = '{Name}') then
                grant usage on schema {LedgerStore.Schema}, personal to {Name};
                grant select on all tables in schema {LedgerStore.Schema} to {Name};
                grant insert on {LedgerStore.Schema}.mt_events to {Name};
                grant insert, update on {LedgerStore.Schema}.mt_streams, {LedgerTables.Tiles} to {Name};
                grant usage, select, update on all sequences in schema {LedgerStore.Schema} to {Name};
                grant execute on all functions in schema {LedgerStore.Schema} to {Name};
                grant select, insert, delete on {LedgerTables.PersonalFields} to {Name};
                grant select, insert, update on {LedgerTables.PersonalNumbers} to {Name};

                -- Read models and their progress are the service's own: derived, thrown away and rebuilt at will.
                for made in select format('%I.%I', schemaname, tablename) as name from pg_tables
                            where schemaname = '{LedgerStore.Schema}' and tablename not in ('mt_events', 'mt_streams', 'tiles')
                loop
                    execute 'grant select, insert, update, delete, truncate on ' || made.name || ' to {Name}';
                end loop;

                -- The service's own, too: what it still has to do, and which of its nodes does what.
                if to_regnamespace('{LedgerStore.MessageSchema}') is not null then
                    grant usage on schema {LedgerStore.MessageSchema} to {Name};
                    grant select, insert, update, delete, truncate on all tables in schema {LedgerStore.MessageSchema} to {Name};
                    grant usage, select, update on all sequences in schema {LedgerStore.MessageSchema} to {Name};
                    grant execute on all functions in schema {LedgerStore.MessageSchema} to {Name};
                end if;
            end if;
        end
        $$
        """;

    /// <summary>Makes the role where this user may, and gives it its rights in this database.</summary>
    public static async Task GrantAsync(NpgsqlConnection owner, CancellationToken cancel)
    {
        foreach (var sql in (string[])[Create, Grant])
        {
            await using var command = new NpgsqlCommand(sql, owner);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>
    /// Whether the role is there, has its rights in this database, and may be taken by this user: tried, since rules differ by version.
    /// </summary>
    public static async Task<bool> MayServeAsync(NpgsqlConnection owner, CancellationToken cancel)
    {
        try
        {
            await using var role = new NpgsqlCommand(
                $"""
                set role {Name};
                select has_table_privilege('{LedgerStore.Schema}.mt_events', 'insert')
                    and has_table_privilege('{LedgerStore.Schema}.mt_streams', 'update')
                    and has_table_privilege('{LedgerTables.PersonalFields}', 'delete')
                """,
                owner
            );
            return await role.ExecuteScalarAsync(cancel) is true;
        }
        catch (PostgresException e)
            when (e.SqlState
                    is PostgresErrorCodes.InsufficientPrivilege
                        or PostgresErrorCodes.InvalidParameterValue
                        or PostgresErrorCodes.UndefinedObject
            )
        {
            return false;
        }
    }
}
