using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.Domain.Assessments;
using Ledger.Domain.Contracts;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Projections.Accounts;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Traces;

/// <summary>An event as it is on record.</summary>
public sealed record TracedEvent(
    long Position,
    string Id,
    string Source,
    string Type,
    string Subject,
    Instant OccurredAt,
    Instant RecordedAt,
    string Actor,
    JsonElement Data,
    TimePrecision? Precision = null
)
{
    /// <summary>What it says, on one line; the terms of a registration are too long for any.</summary>
    [JsonIgnore]
    public string InWords =>
        Type == EventCatalogue.Alias<ContractRegistered>()
            ? "the terms"
            : string.Join(", ", Data.EnumerateObject().Select(p => $"{p.Name}: {Text(p.Value)}"));

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();

    /// <summary>The event in a row.</summary>
    public static TracedEvent Of(StoredEvent e) =>
        new(
            e.Position,
            e.EventId,
            e.Source,
            e.Type,
            e.Subject,
            Instants.FromMicroseconds(e.OccurredAt),
            Instants.FromMicroseconds(e.RecordedAt),
            e.Actor,
            JsonElement.Parse(e.Data.Span),
            e.Precision
        );
}

/// <summary>The clause of a deduction with its rule blocks and their parameters.</summary>
public sealed record TracedClause(string Number, string Title, string TitleZh, IReadOnlyList<RuleBlock> Rules);

/// <summary>A reading under which the deduction was proposed.</summary>
public sealed record TracedReading(string Id, string Question, string Choice, string Yields);

/// <summary>The statement line that a deduction became: its period (null: the settlement), and what that period comes to.</summary>
public sealed record TracedLine(
    int? Period,
    int? CarriedFrom,
    bool Issued,
    PeriodStatus? PeriodStatus,
    Cny? NetPayable,
    StatementDeduction? Line,
    IReadOnlyList<TracedAdjustment> Adjustments
);

/// <summary>What was posted elsewhere after the statement was issued; no period: at the settlement.</summary>
public sealed record TracedAdjustment(int? Period, Cny Amount);

/// <summary>From a deduction to its clause, reading, evidence, run and decisions, and to the statement line that it became.</summary>
public sealed record DeductionTrace(
    string Contract,
    DeductionRow Deduction,
    TracedClause Clause,
    IReadOnlyList<TracedReading> Readings,
    IReadOnlyList<TracedEvent> Evidence,
    IReadOnlyList<TracedEvent> Runs,
    IReadOnlyList<TracedEvent> History,
    TracedLine Line,
    string? Reason = null,
    CaseClock? Clock = null
);

/// <summary>Traces single deductions.</summary>
public sealed class TraceReader(NpgsqlDataSource database, LogReader log)
{
    /// <summary>Who decided what about a contract up to a position, in the order of the log; of one actor where named.</summary>
    public async Task<IReadOnlyList<TracedEvent>> DecisionsAsync(string contract, long position, string? actor, CancellationToken cancel)
    {
        var (decisions, isKnown) = (new List<TracedEvent>(), false);
        await foreach (var e in log.ReadAccountAsync(contract, position, cancel))
        {
            isKnown = true;
            if (EventCatalogue.Find(e.Type)?.Class == EventClass.Decision && (actor is null || e.Actor == actor))
            {
                decisions.Add(TracedEvent.Of(e));
            }
        }

        return isKnown ? decisions : throw AccountReader.Unknown(contract);
    }

    /// <summary>The trace of one deduction as of a position.</summary>
    public async Task<DeductionTrace> AtAsync(string contract, string deduction, long position, CancellationToken cancel)
    {
        // The account and the deduction's own events are in one stream: it is read once.
        ContractAccount? folded = null;
        var history = new List<StoredEvent>();
        await foreach (var e in log.ReadAccountAsync(contract, position, cancel))
        {
            folded = AccountReader.Evolve(folded, e);
            history.AddRange(e.Subject == $"deduction/{deduction}" ? [e] : []);
        }

        var account = (folded ?? throw AccountReader.Unknown(contract)) with
        {
            Calendar = await CalendarReader.AtAsync(database, position, cancel),
        };
        if (!account.Deductions.TryGetValue(deduction, out var found))
        {
            throw new LedgerException(
                ErrorCode.DeductionUnknown,
                $"no deduction \"{deduction}\" was proposed in {contract} by that moment; `deductions {contract}` lists those that were"
            );
        }

        var runs = history
            .Where(e => e.Type is "deduction_proposed" or "deduction_withdrawn")
            .Select(e => e.Causation)
            .OfType<string>()
            .Distinct()
            .ToList();
        var terms = account.TermsOn(found.AttributedOn);
        var (reason, clock) = await ReasonAsync(account, found, position, cancel);
        return new DeductionTrace(
            contract,
            DeductionRow.Of(found),
            ClauseOf(terms, found.Clause),
            [.. found.Reading.Select(r => ReadingOf(terms, r)).OfType<TracedReading>()],
            Traced(await log.ReadByIdsAsync(contract, found.Evidence, position, cancel)),
            Traced(await log.ReadByIdsAsync(contract, runs, position, cancel)),
            Traced(history),
            LineOf(account, found),
            reason,
            clock
        );
    }

    /// <summary>What the case's clocks say, as of the latest assessment; or its score.</summary>
    private async Task<(string? Reason, CaseClock? Clock)> ReasonAsync(
        ContractAccount account,
        Deduction found,
        long position,
        CancellationToken cancel
    )
    {
        var at = found.Id.IndexOf(":" + EventStreams.Cases, StringComparison.Ordinal);
        if (at < 0 || account.LastAsOf is not { } asOf)
        {
            return (null, null);
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var subject = found.Id[(at + 1)..].Split(':')[0];
        var events = await LogQueries
            .ReadStreamAsync(connection, account.Terms.Id, subject, position, cancel)
            .Select(EventMapping.ToEvent)
            .ToListAsync(cancel);
        var scored = events.Where(e => found.Evidence.Contains(e.Id)).Select(e => e.Data).OfType<CaseScored>().FirstOrDefault();
        if (events.Count == 0 || scored is not null)
        {
            return (scored is null ? null : $"scored {scored.Score} in {MonthlyRatingPublished.CycleText(scored.Cycle)}", null);
        }

        var clock = CaseHistory.Of(account, events, asOf).ClockOf(found.Id);
        return (clock?.InWords, clock);
    }

    private static TracedClause ClauseOf(ContractTerms terms, string number)
    {
        var clause = terms.Clauses.Single(c => c.Number == number);
        return new TracedClause(clause.Number, clause.Title, clause.TitleZh, clause.Rules ?? []);
    }

    private static TracedReading? ReadingOf(ContractTerms terms, string applied)
    {
        var (id, choice) = (
            applied[..applied.IndexOf('=', StringComparison.Ordinal)],
            applied[(applied.IndexOf('=', StringComparison.Ordinal) + 1)..]
        );
        return terms.Readings.FirstOrDefault(r => r.Id == id) is { } reading
            ? new TracedReading(id, reading.Question, choice, reading.Choices.First(c => c.Choice == choice).Yields)
            : null;
    }

    private static TracedLine LineOf(ContractAccount account, Deduction deduction)
    {
        var adjustments = account
            .Periods.Values.SelectMany(p => p.Adjustments.Select(a => (Period: (int?)p.Number, a)))
            .Concat(account.Unplaced.Select(a => (Period: (int?)null, a)))
            .Where(x => x.a.Deduction == deduction.Id)
            .Select(x => new TracedAdjustment(x.Period, x.a.Amount))
            .ToList();
        if (deduction.Period is not { } number)
        {
            return new TracedLine(null, deduction.CarriedFrom, false, null, null, null, adjustments);
        }

        var statement = StatementBuilder.Build(account, number);
        return new TracedLine(
            number,
            deduction.CarriedFrom,
            account.Periods[number].Locked,
            statement.Status,
            statement.NetPayable,
            statement.Deductions.FirstOrDefault(d => d.Id == deduction.Id),
            adjustments
        );
    }

    private static IReadOnlyList<TracedEvent> Traced(IReadOnlyList<StoredEvent> events) => [.. events.Select(TracedEvent.Of)];
}
