using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Tables;
using Ledger.Api.Web;
using Ledger.Domain.Decisions;
using Ledger.Domain.Differences;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Terms;
using Ledger.Projections.Accounts;
using Ledger.Projections.Differences;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Wolverine;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Contracts: which there are, their terms, what was decided about them, and what changed between two moments.</summary>
[ForEveryone]
public static class ContractEndpoints
{
    /// <summary>Lists the registered contracts that the caller sees.</summary>
    [WolverineGet("/api/contracts")]
    public static async Task<IReadOnlyList<ContractSummary>> List(
        Moment moment,
        SignedInUser user,
        AccountReader accounts,
        CancellationToken cancel
    ) => [.. (await accounts.AllAsync(moment.Position, cancel)).Accounts.Select(ContractSummary.Of).Where(c => user.Sees(c.Contract))];

    /// <summary>Registers a contract by its terms; the same terms again are one registration.</summary>
    [For(Role.Principal)]
    [AcceptsBody(typeof(ContractTerms), Creates = true)]
    [WolverinePost("/api/contracts")]
    public static async Task<Registration> Register(HttpContext context, SignedInUser user, IMessageBus bus, CancellationToken cancel)
    {
        var utf8 = await RequestBody.ReadAsync(context);
        if (TermsReader.Read(utf8, out var faults) is not { } terms)
        {
            throw RequestBody.Refused(utf8, faults);
        }

        if (!user.Sees(terms.Id))
        {
            throw new LedgerException(ErrorCode.NotPermitted, $"{user.Code} is bound to other contracts than {terms.Id}");
        }

        var registration = await bus.InvokeForTenantAsync<Registration>(
            terms.Id,
            new RegisterContract(terms, "ledger/api", user.Code),
            cancel
        );
        if (registration.Faults.Count > 0)
        {
            throw new RequestException(ErrorCode.Refused, registration.Faults);
        }

        context.Response.StatusCode = registration.Recorded ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        context.Response.Headers.Location = $"/api/contracts/{terms.Id}";
        return registration;
    }

    /// <summary>The terms of a contract; the <c>ETag</c> is the version that <c>If-Match</c> of a decision names.</summary>
    [WolverineGet("/api/contracts/{contract}")]
    public static async Task<ContractTerms> Show(
        string contract,
        Moment moment,
        HttpContext context,
        AccountReader accounts,
        LogReader log,
        CancellationToken cancel
    )
    {
        // The version first: whoever decides on it has seen at least what it stands for.
        var version = moment.Position is null ? await log.VersionAsync(contract, cancel) : (long?)null;
        var terms = (await accounts.AtAsync(contract, moment.Position, cancel)).Account.Terms;
        if (version is { } now)
        {
            context.Response.Headers.ETag = DecisionRequest.TagOf(now);
        }

        return terms;
    }

    /// <summary>Who decided what about a contract, in the order of the log; of one actor where <c>actor</c> names it.</summary>
    [WolverineGet("/api/contracts/{contract}/decisions")]
    public static async Task<Tabular<IReadOnlyList<TracedEvent>>> Decisions(
        string contract,
        string? actor,
        Moment moment,
        TraceReader traces,
        LogReader log,
        CancellationToken cancel
    ) =>
        Tabular.List(
            await traces.DecisionsAsync(contract, await moment.PositionAsync(log, cancel), actor, cancel),
            moment,
            Tables.Reports.Decisions
        );

    /// <summary>The history of a contract in steps, with what was payable, proposed, disputed and paid after each.</summary>
    [WolverineGet("/api/contracts/{contract}/history")]
    public static async Task<Tabular<IReadOnlyList<HistoryStep>>> History(
        string contract,
        Moment moment,
        HistoryReader history,
        CancellationToken cancel
    ) => Tabular.List(await history.UpToAsync(contract, moment.Position, cancel), moment, Reports.History);

    /// <summary>
    /// What changed of a contract between two moments, and which events changed it: from its registration where no <c>from</c> is named, up
    /// to now where no <c>to</c> is.
    /// </summary>
    [WolverineGet("/api/contracts/{contract}/changes")]
    public static async Task<ContractDifference> Changes(
        string contract,
        string? from,
        string? to,
        DifferenceReader differences,
        LogReader log,
        CancellationToken cancel
    ) =>
        await differences.BetweenAsync(
            contract,
            from is null ? 0 : await Moments.PositionAsync(log, from, "from", cancel),
            to is null ? (await log.HeadAsync(cancel)).Position : await Moments.PositionAsync(log, to, "to", cancel),
            cancel
        );

    /// <summary>Amends the terms from a day on.</summary>
    [WolverinePost("/api/contracts/{contract}/amendments")]
    public static Task<DecisionAnswer> Amend(Decision<ContractAmended> decision) => decision.OnAsync("contract");

    /// <summary>Records how a doubtful clause is read.</summary>
    [WolverinePost("/api/contracts/{contract}/readings")]
    public static Task<DecisionAnswer> Read(Decision<ReadingRecorded> decision) => decision.OnAsync("contract");

    /// <summary>Renews the contract by another term.</summary>
    [WolverinePost("/api/contracts/{contract}/renewals")]
    public static Task<DecisionAnswer> Renew(Decision<ContractRenewed> decision) => decision.OnAsync("contract");

    /// <summary>Ends the contract before its last day.</summary>
    [WolverinePost("/api/contracts/{contract}/termination")]
    public static Task<DecisionAnswer> Terminate(Decision<ContractTerminated> decision) => decision.OnAsync("contract");

    /// <summary>Adopts a scheme by which cases are scored.</summary>
    [WolverinePost("/api/contracts/{contract}/schemes")]
    public static Task<DecisionAnswer> Adopt(Decision<ScoringSchemeAdopted> decision) => decision.OnAsync("contract");

    /// <summary>Declares that a source loaded history, which is no back-dating.</summary>
    [WolverinePost("/api/contracts/{contract}/loads/{load}")]
    public static Task<DecisionAnswer> Declare(string load, Decision<HistoricalLoadDeclared> decision) => decision.OnAsync("load", load);
}
