using System.Data;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Ledger.Domain.Events;
using Ledger.Projections.Accounts;
using Ledger.Projections.Differences;
using Marten;
using Marten.Events.Projections;
using Npgsql;

namespace Ledger.Projections.Payables;

/// <summary>
/// How each contract stands (<see cref="ContractStanding"/>): made anew from its account whenever something happens to it, and
/// for all contracts when a calendar is published, by which due dates move. With it its history (<see cref="ContractSteps"/>), in one fold
/// of what happened to it.
/// </summary>
public sealed class StandingProjection : ProjectionBase, IProjection
{
    /// <summary>What Marten calls it.</summary>
    public const string ProjectionName = "Standings";

    /// <summary>What Marten calls its progress.</summary>
    public const string Shard = ProjectionName + ":All";

    private readonly NpgsqlDataSource database;

    /// <summary>The projection over a database: the accounts are read there as they are now, which is at or after a page's end.</summary>
    public StandingProjection(NpgsqlDataSource database)
    {
        this.database = database;
        Name = ProjectionName;
        foreach (var type in EventCatalogue.All.Where(t => EventStreams.IsAccounts(t.Subjects[0])))
        {
            IncludeType(type.Data);
        }

        Options.DeleteViewTypeOnTeardown<ContractStanding>();
        Options.DeleteViewTypeOnTeardown<ContractSteps>();
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var moved = events.Select(e => e.TenantId).ToHashSet();
        var only = events.Any(e => e.Data is CalendarPublished) ? null : moved;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var (accounts, head) = await AccountReader.NowAsync(snapshot, only, cancellation);
        foreach (var account in accounts)
        {
            var own = operations.ForTenant(account.Id);
            own.Store(ContractStanding.Of(account, head.Position));
            if (moved.Contains(account.Id))
            {
                // A calendar moves due dates, which no step of a history tells.
                own.Store((await ContractSteps.FoldAsync(connection, account.Id, head.Position, cancellation))!);
            }
        }
    }
}
