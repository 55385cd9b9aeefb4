using JasperFx.Events;
using Ledger.Projections.Rankings;
using Marten;
using Weasel.Core;
using Weasel.Core.Migrations;

namespace Ledger.Projections.Store;

/// <summary>
/// What stands beside Marten's own tables in the database, made and asserted with them: the guard first, which the tables use.
/// </summary>
internal sealed class LedgerFeature(StoreOptions options) : FeatureSchemaBase("ledger", options.Advanced.Migrator)
{
    /// <inheritdoc/>
    public override IEnumerable<Type> DependentTypes() => [typeof(IEvent)];

    /// <inheritdoc/>
    protected override IEnumerable<ISchemaObject> schemaObjects() =>
        [.. LogGuard.Objects(), .. LedgerTables.Objects(), .. CycleTables.Objects()];
}
