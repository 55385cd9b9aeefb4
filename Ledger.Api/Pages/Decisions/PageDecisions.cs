using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Api.Operations;
using Ledger.Api.Pages.Frame;
using Ledger.Api.Pages.Language;
using Ledger.Api.Web;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Microsoft.Extensions.Primitives;
using NodaTime;

namespace Ledger.Api.Pages.Decisions;

/// <summary>What a decision would change: one sentence for each figure or state; or why it would be refused.</summary>
public sealed record Consequence(IReadOnlyList<Fault> Refusals, IReadOnlyList<string> Changes);

/// <summary>
/// Decisions that pages send. Their fields are the event's data by name, so that a form says what a body of the API says and is held
/// against the same: <c>reason</c>, <c>documents[]</c> for each of a list, or <c>yuan:amount</c> for money, which people write as 1,000.
/// </summary>
public sealed class PageDecisions(DecisionRecorder recorder, LedgerTime time, IClock clock, Here here)
{
    private const string Source = "ledger/pages";

    /// <summary>The field with the decision's id, by which one that is sent twice is one.</summary>
    public const string IdName = "id";

    /// <summary>The longest id that is taken from a form.</summary>
    public const int MostIdCharacters = 64;

    private const string ListMark = "[]";

    /// <summary>What stands before the name of a field that is money.</summary>
    public const string AmountMark = "yuan:";

    /// <summary>A decision of the reader's; null with what is wrong where its data says nothing.</summary>
    public NewEvent? Read(
        EventType type,
        string contract,
        string subject,
        string id,
        long? version,
        IEnumerable<KeyValuePair<string, StringValues>> fields,
        out IReadOnlyList<Fault> faults
    )
    {
        var data = new JsonObject();
        foreach (var (name, values) in fields)
        {
            var said = values.OfType<string>().Select(v => v.Trim()).Where(v => v.Length > 0).ToList();
            if (said.Count > 0)
            {
                data[name.Replace(ListMark, "", StringComparison.Ordinal).Replace(AmountMark, "", StringComparison.Ordinal)] =
                    name.EndsWith(ListMark, StringComparison.Ordinal)
                        ? new JsonArray([.. said.Select(v => JsonValue.Create(v))])
                        : JsonValue.Create(name.StartsWith(AmountMark, StringComparison.Ordinal) ? Amount(said[0]) : said[0]);
            }
        }

        var attributes = new EventAttributes(
            id,
            Source,
            type.Alias,
            contract,
            subject,
            clock.GetCurrentInstant(),
            here.User.Code,
            ExpectedVersion: version
        );
        return EventReader.Read(attributes, JsonSerializer.SerializeToUtf8Bytes(data, LedgerJson.Options), out faults);
    }

    /// <summary>What a decision would come to; nothing is recorded.</summary>
    public async Task<Consequence> TryAsync(ContractStatements before, NewEvent decision)
    {
        var tried = DryRun.Of(before.Account, [decision], await time.NowAsync(here.Cancel));
        return new Consequence(tried.Refusals[0], [.. Changes(before.Statements, StatementBuilder.BuildAll(tried.After))]);
    }

    /// <summary>Records a decision; throws <see cref="RequestException"/> where it is refused. Gives its position.</summary>
    public async Task<long> RecordAsync(NewEvent decision)
    {
        if (!here.User.Has(decision.Type.By))
        {
            throw new LedgerException(ErrorCode.NotPermitted, $"{decision.Type.Alias} is for {string.Join(", ", decision.Type.By)}");
        }

        var outcome = await recorder.SendAsync(decision, timeIsSaid: false, here.Cancel);
        return outcome.Error is { } error ? throw new RequestException(error, outcome.Refusals) : outcome.Receipt.Position!.Value;
    }

    /// <summary>
    /// Leads on whoever sends a form a second time: its decision is on record, and the page may have no such form any more.
    /// </summary>
    public static async Task LeadOnAsync(HttpContext context, RequestDelegate next)
    {
        if (
            HttpMethods.IsPost(context.Request.Method)
            && PageServices.Serves(context.Request.Path)
            && context.GetRouteValue("contract") is string contract
            && context.Request.HasFormContentType
            && (await context.Request.ReadFormAsync(context.RequestAborted))[IdName].ToString()
                is { Length: > 0 and <= MostIdCharacters } id
        )
        {
            var (log, here) = (context.RequestServices.GetRequiredService<LogReader>(), context.RequestServices.GetRequiredService<Here>());
            var known = await log.ReadByIdsAsync(contract, [id], long.MaxValue, context.RequestAborted);
            if (known.FirstOrDefault(e => e.Source == Source && e.Actor == here.User.Code) is { } recorded)
            {
                context.Response.Redirect(here.With((PageFrame.RecordedName, Shown.Count(recorded.Position))));
                return;
            }
        }

        await next(context);
    }

    private IEnumerable<string> Changes(IReadOnlyList<PeriodStatement> before, IReadOnlyList<PeriodStatement> after)
    {
        var t = here.Words;
        foreach (var (was, now) in before.Zip(after))
        {
            var period = t[$"第 {was.Period} 期", $"period {was.Period}"];
            if (was.NetPayable != now.NetPayable)
            {
                yield return $"{period}{t["应付", " payable"]} {Shown.Yuan(was.NetPayable)} → {Shown.Yuan(now.NetPayable)} ({Shown.Change(now.NetPayable - was.NetPayable)})";
            }
            else if (was.Outstanding != now.Outstanding)
            {
                yield return $"{period}{t["未付", " outstanding"]} {Shown.Yuan(was.Outstanding)} → {Shown.Yuan(now.Outstanding)}";
            }

            if (was.Status != now.Status)
            {
                yield return $"{period} {StatusOf(t, was, now.To)} → {StatusOf(t, now, now.To)}";
            }

            foreach (var right in now.Rights.Where(r => was.Rights.All(w => w.Id != r.Id || w.State != r.State)))
            {
                yield return $"{period} {StatementWords.Of(t, right.Kind)} ({right.Clause}): {StatementWords.Of(t, right.State).Word}";
            }
        }
    }

    /// <summary>
    /// An amount as events write it, with two places and no grouping: of what people write in yuan; anything else stays, and is told.
    /// </summary>
    public static string Amount(string said)
    {
        // Full-width digits and signs, as Chinese input methods write them.
        var plain = string.Concat(said.Select(c => c is >= '！' and <= '～' ? (char)(c - '！' + '!') : c))
            .Replace(",", "", StringComparison.Ordinal)
            .TrimEnd('元');
        return
            plain.All(c => char.IsAsciiDigit(c) || c == '.')
            && decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            && decimal.Round(amount, 2) == amount
            ? amount.ToString("0.00", CultureInfo.InvariantCulture)
            : said;
    }

    private static string StatusOf(Tongue t, PeriodStatement s, LocalDate day) => StatementWords.Of(t, s.Status, s.From, s.To, day).Word;
}
