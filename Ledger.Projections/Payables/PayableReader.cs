using Ledger.Domain.Statements;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using NodaTime;

namespace Ledger.Projections.Payables;

/// <summary>
/// What is payable over all contracts: from the snapshots of their accounts and what followed, or as of any position from their
/// streams. Due dates follow the calendar of the moment, which is why they are no part of a stored document.
/// </summary>
public sealed class PayableReader(AccountReader accounts)
{
    /// <summary>
    /// The payables at a position, or at the log's end; those of a status, and those due before a date (not on it), where these
    /// are named.
    /// </summary>
    public async Task<PayableList> ListAsync(PeriodStatus? status, LocalDate? dueBefore, long? position, CancellationToken cancel)
    {
        var (all, head) = await accounts.AllAsync(position, cancel);
        var rows =
            from account in all
            from statement in StatementBuilder.BuildAll(account)
            where status is null || statement.Status == status
            where dueBefore is null || statement.DueOn < dueBefore
            select Payable.Of(statement);
        return PayableList.Of(EventMapping.ToMoment(head), rows);
    }
}
