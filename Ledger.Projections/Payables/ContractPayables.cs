using Ledger.Domain.Contracts;
using Ledger.Domain.Statements;

namespace Ledger.Projections.Payables;

/// <summary>What is payable for each period of one contract, as <see cref="PayableProjection"/> keeps it.</summary>
/// <param name="Id">The contract.</param>
/// <param name="Position">The position of the log at which it was made: with every event of the account and every calendar up to
/// there.</param>
/// <param name="Periods">A row for each period, in order.</param>
public sealed record ContractPayables(string Id, long Position, IReadOnlyList<Payable> Periods)
{
    /// <summary>The payables of an account that was read, with its calendar, at a position.</summary>
    public static ContractPayables Of(ContractAccount account, long position) =>
        new(account.Id, position, [.. StatementBuilder.BuildAll(account).Select(Payable.Of)]);
}
