using System.Text.Json.Serialization;
using Ledger.Domain.Json;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>What happened to one hotline case; subject <c>case/{no}</c>.</summary>
public abstract record CaseEvent : EventData;

/// <summary>The hotline platform that sent a case.</summary>
public enum Platform
{
    /// <summary>市级平台.</summary>
    City,

    /// <summary>区级平台.</summary>
    District,
}

/// <summary>How a case came in.</summary>
public enum Channel
{
    /// <summary>网络.</summary>
    Network,

    /// <summary>电话.</summary>
    Phone,
}

/// <summary>Whether the routine dispatch limit binds or the case's own.</summary>
public enum Urgency
{
    /// <summary>日常案件.</summary>
    Routine,

    /// <summary>扬言等紧急类诉求.</summary>
    Urgent,
}

/// <summary>How long a case has been open when its unit is urged.</summary>
public enum UrgeStage
{
    /// <summary>Two hours.</summary>
    [JsonStringEnumMemberName("2h")]
    TwoHours,

    /// <summary>Twenty-four hours.</summary>
    [JsonStringEnumMemberName("24h")]
    OneDay,

    /// <summary>Seven days.</summary>
    [JsonStringEnumMemberName("7d")]
    SevenDays,
}

/// <summary>What a call-back found.</summary>
public enum FollowUpResult
{
    /// <summary>满意.</summary>
    Satisfied,

    /// <summary>基本满意.</summary>
    MostlySatisfied,

    /// <summary>不满意.</summary>
    Dissatisfied,

    /// <summary>Nobody answered.</summary>
    Unreached,
}

/// <summary>One of the four grounds on which a case is left out of the city's assessment (不纳入考核).</summary>
public enum ExclusionGround
{
    /// <summary>同人同诉.</summary>
    SamePersonSameMatter,

    /// <summary>涉法涉诉.</summary>
    Litigation,

    /// <summary>不符合政策.</summary>
    AgainstPolicy,

    /// <summary>不合理诉求.</summary>
    Unreasonable,
}

/// <summary>
/// A platform handed the case over. <c>dispatchLimitMinutes</c> (1 or more) is required where urgent; <c>dueAt</c>
/// is the platform's own handling limit. <c>caller</c> is personal data, whose values never enter the log.
/// </summary>
public sealed record CaseReceived(
    Platform Platform,
    Channel Channel,
    Urgency Urgency,
    int? DispatchLimitMinutes = null,
    Instant? DueAt = null,
    string? Category = null,
    string? Title = null,
    string? Grid = null,
    Location? Location = null,
    Caller? Caller = null
) : CaseEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        foreach (
            var fault in Between("dispatchLimitMinutes", DispatchLimitMinutes, 1, int.MaxValue).Concat(Location?.Faults(".location") ?? [])
        )
        {
            yield return fault;
        }

        if (Urgency == Urgency.Urgent && DispatchLimitMinutes is null)
        {
            yield return new Fault(".dispatchLimitMinutes", "missing; an urgent case carries its own dispatch limit in minutes");
        }

        foreach (var fault in Caller?.Faults(".caller") ?? [])
        {
            yield return fault;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> FaultsAt(Instant time)
    {
        if (DueAt < time)
        {
            yield return new Fault(".dueAt", $"expected a time on or after the receipt ({time}), got {DueAt}");
        }

        if (DueAt?.InUtc().Year > Instants.LastYear)
        {
            yield return new Fault(".dueAt", $"expected a year up to {Instants.LastYear}, got {DueAt}");
        }
    }

    /// <inheritdoc/>
    public override (EventData Data, Caller? Personal) Separate() => (this with { Caller = null }, Caller);

    /// <inheritdoc/>
    public override EventData With(Caller sealedCaller) => this with { Caller = sealedCaller };
}

/// <summary>
/// Who called. As it comes in: values, without a number. On record: the person (<c>p-12</c>) whose key they are sealed with, and instead
/// of each value a commitment to it.
/// </summary>
public sealed record Caller(string? Person = null, string? Name = null, string? Phone = null, string? Address = null)
{
    private const int MostCharacters = 1_000;
    private const int FewestDigits = 7;

    /// <summary>What is there, by field (<c>caller.name</c>).</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Fields =>
        new[] { ("caller.name", Name), ("caller.phone", Phone), ("caller.address", Address) }
            .Where(f => f.Item2 is not null)
            .ToDictionary(f => f.Item1, f => f.Item2!);

    /// <summary>
    /// What tells the same person again: the digits of a phone number of seven or more (also full-width ones), up to an
    /// extension, without the country's code and the zeros before it or an area. Without one (or with an account's name
    /// instead) they are known in this one stream only.
    /// </summary>
    public string WhoIn(string stream)
    {
        var digits = string.Concat(
                (Phone ?? "")
                    .TakeWhile(c => !char.IsLetter(c))
                    .Where(char.IsDigit)
                    .Select(c => System.Globalization.CharUnicodeInfo.GetDecimalDigitValue(c))
            )
            .TrimStart('0');
        digits = digits.Length > 11 && digits.StartsWith("86", StringComparison.Ordinal) ? digits[2..].TrimStart('0') : digits;
        return digits.Length >= FewestDigits ? "phone\n" + digits : "stream\n" + stream;
    }

    /// <summary>The same with commitments for values.</summary>
    public static Caller Sealed(string person, IReadOnlyDictionary<string, string> commitments) =>
        new(
            person,
            commitments.GetValueOrDefault("caller.name"),
            commitments.GetValueOrDefault("caller.phone"),
            commitments.GetValueOrDefault("caller.address")
        );

    internal IEnumerable<Fault> Faults(string path)
    {
        if (Person is not null)
        {
            yield return new Fault(path + ".person", "the ledger gives it itself: expected name, phone and address, as they are known");
        }

        foreach (var (field, value) in Fields)
        {
            if (value.Length is 0 or > MostCharacters)
            {
                yield return new Fault($"{path[..^"caller".Length]}{field}", $"expected 1 to {MostCharacters} characters");
            }
        }

        if (Fields.Count == 0)
        {
            yield return new Fault(path, "expected a name, a phone or an address");
        }
    }
}

/// <summary>The case was signed for on the platform (签收).</summary>
public sealed record CaseSigned : CaseEvent;

/// <summary>The case was returned as not this office's (退回).</summary>
public sealed record CaseReturned(string Reason) : CaseEvent;

/// <summary>The case was dispatched to a unit (派单); <c>approvedBy</c> where leaders had to approve it.</summary>
public sealed record CaseDispatched(string Unit, string? ApprovedBy = null) : CaseEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => NotEmpty("unit", Unit);
}

/// <summary>The citizen was called after signing (电话响应).</summary>
public sealed record CitizenContacted(Recording? Recording = null) : CaseEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => Recording?.Faults(".recording") ?? [];
}

/// <summary>The unit was urged (督办).</summary>
public sealed record CaseUrged(UrgeStage Stage, string Unit) : CaseEvent;

/// <summary>The unit replied; <c>elements</c> counts which of the five required elements are present.</summary>
public sealed record CaseReplied(string Unit, int Elements, string? Note = null) : CaseEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => Between("elements", Elements, 0, 5);
}

/// <summary>The citizen was called back after closing (回访).</summary>
public sealed record CaseFollowedUp(FollowUpResult Result, bool Contacted, bool Resolved, Recording? Recording = null, string? Note = null)
    : CaseEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => Recording?.Faults(".recording") ?? [];
}

/// <summary>The case is carried over as not solvable now (挂账).</summary>
public sealed record CaseCarriedOver(string Reason) : CaseEvent;

/// <summary>The monthly progress report on a carried-over case.</summary>
public sealed record CarryOverReported(YearMonth Month, string Progress) : CaseEvent;

/// <summary>The office asked for the case not to be assessed (不纳入考核).</summary>
public sealed record ExclusionRequested(ExclusionGround Ground) : CaseEvent;

/// <summary>The city granted or refused that.</summary>
public sealed record ExclusionDecided(bool Granted) : CaseEvent;

/// <summary>The case was closed on the platform (办结).</summary>
public sealed record CaseClosed : CaseEvent;

/// <summary>The city scored the case in a cycle; 0 to 100, at most two places. A later scoring of the cycle corrects it.</summary>
public sealed record CaseScored(YearMonth Cycle, decimal Score, bool Responded, bool Resolved, Satisfaction Satisfaction) : CaseEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> FaultsAt(Instant time) => NearTo("cycle", Cycle, time);

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        foreach (var fault in Between("score", Score, 0, 100))
        {
            yield return fault;
        }

        if (decimal.Round(Score, 2) != Score)
        {
            yield return new Fault(".score", $"expected at most two places, got {Score}");
        }
    }
}

/// <summary>The case was opened again after closing.</summary>
public sealed record CaseReopened(string Reason) : CaseEvent;

/// <summary>The case got more time, or less: limits use the latest on record; <c>approvedBy</c> where somebody had to agree.</summary>
public sealed record DeadlineExtended(Instant DueAt, string? Reason = null, string? ApprovedBy = null) : CaseEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        if (DueAt.InUtc().Year is < Instants.FirstYear or > Instants.LastYear)
        {
            yield return new Fault(".dueAt", $"expected a year from {Instants.FirstYear} to {Instants.LastYear}, got {DueAt}");
        }
    }
}

/// <summary>The case is described otherwise than it was; what is left out stays. Of each property the latest on record decides.</summary>
public sealed record CaseAmended(string? Category = null, string? Title = null, string? Grid = null, Location? Location = null) : CaseEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) =>
        this == new CaseAmended()
            ? [new Fault("", "expected a category, a title, a grid or a location")]
            : Location?.Faults(".location") ?? [];
}

/// <summary>The case was recorded in error, or twice (作废): it leaves rates and limits, and is listed with its reason.</summary>
public sealed record CaseVoided(string Reason) : CaseEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => NotEmpty("reason", Reason);
}
