using System.Data.Common;
using Weasel.Core;
using DbCommandBuilder = Weasel.Core.DbCommandBuilder;

namespace Ledger.Projections.Store;

/// <summary>
/// An object of the database that Marten applies and asserts with its own, and of which its schema library has no model.
/// It is there or it is not: how it was made is not compared.
/// </summary>
public abstract class SchemaPiece : ISchemaObject
{
    /// <inheritdoc/>
    public abstract DbObjectName Identifier { get; }

    /// <summary>SQL that makes it.</summary>
    protected abstract string Create { get; }

    /// <summary>SQL that removes it.</summary>
    protected abstract string Drop { get; }

    /// <summary>A query that gives a row where it is there.</summary>
    protected abstract string Exists { get; }

    /// <inheritdoc/>
    public void WriteCreateStatement(Migrator migrator, TextWriter writer) => writer.WriteLine(Create);

    /// <inheritdoc/>
    public void WriteDropStatement(Migrator rules, TextWriter writer) => writer.WriteLine(Drop);

    /// <inheritdoc/>
    public void ConfigureQueryCommand(DbCommandBuilder builder) => builder.Append(Exists + ";");

    /// <inheritdoc/>
    public async Task<ISchemaObjectDelta> CreateDeltaAsync(DbDataReader reader, CancellationToken ct = default) =>
        new SchemaObjectDelta(this, await reader.ReadAsync(ct) ? SchemaPatchDifference.None : SchemaPatchDifference.Create);

    /// <inheritdoc/>
    public IEnumerable<DbObjectName> AllNames() => [Identifier];
}

/// <summary>A trigger; one that was switched off counts as missing.</summary>
public sealed class TableTrigger(string table, string name, string when, string each, string function) : SchemaPiece
{
    private readonly string trigger = $"{table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..]}_{name}";

    /// <inheritdoc/>
    public override DbObjectName Identifier => LedgerStore.Named(trigger);

    /// <inheritdoc/>
    protected override string Create =>
        $"{Drop}\ncreate trigger {trigger} {when} on {table} {each} execute function {LedgerStore.Schema}.{function}();";

    /// <inheritdoc/>
    protected override string Drop => $"drop trigger if exists {trigger} on {table};";

    /// <inheritdoc/>
    protected override string Exists =>
        $"select 1 from pg_trigger where tgrelid = to_regclass('{table}') and tgname = '{trigger}' and tgenabled = 'O'";
}

/// <summary>A function that triggers call; one with another body counts as missing.</summary>
/// <param name="name">Its name in the ledger's schema.</param>
/// <param name="body">What stands between BEGIN and END.</param>
public sealed class TriggerFunction(string name, string body) : SchemaPiece
{
    private readonly string source = $"\nbegin\n{body}\nend\n";

    /// <inheritdoc/>
    public override DbObjectName Identifier => LedgerStore.Named(name);

    /// <inheritdoc/>
    protected override string Create =>
        $"create or replace function {Identifier}() returns trigger language plpgsql as $body${source}$body$;";

    /// <inheritdoc/>
    protected override string Drop => "";

    /// <inheritdoc/>
    protected override string Exists =>
        $"select 1 from pg_proc where oid = to_regprocedure('{Identifier}()') and prosrc = $body${source}$body$";
}
