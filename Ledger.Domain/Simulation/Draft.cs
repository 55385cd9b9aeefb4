using Ledger.Domain.Events;
using NodaTime;

namespace Ledger.Domain.Simulation;

/// <summary>An event of a simulated year before it has its number: what follows may still change it.</summary>
internal sealed class Draft(Instant at, string subject, string actor, EventData data)
{
    /// <summary>When it happened.</summary>
    public Instant At { get; set; } = at;

    /// <summary>When it is written down.</summary>
    public Instant RecordedAt { get; set; } = at;

    /// <summary>Its stream.</summary>
    public string Subject { get; } = subject;

    /// <summary>Who did it.</summary>
    public string Actor { get; set; } = actor;

    /// <summary>What it says.</summary>
    public EventData Data { get; set; } = data;

    /// <summary>Its id, once it is numbered.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The event, by its place in the year.</summary>
    public NewEvent Numbered(string contract, int number, string source)
    {
        Id = $"sim-{number:0000000}";
        return new NewEvent(contract, Subject, Id, source, At, Actor, Data);
    }
}

/// <summary>
/// How often the simulated hotline breaks its terms: each so many of a thousand cases. The last two concern cases that
/// <see cref="Rushers"/> close in the last stretch of the limit.
/// </summary>
public sealed record ViolationRates(
    int LateDispatch = 4,
    int MissingContact = 3,
    int MissedCallBack = 3,
    int MissedUrging = 3,
    int ZeroScore = 40,
    int LastMinute = 0,
    int Reopened = 0
)
{
    private const int RushersLastMinute = 300;
    private const int RushersReopened = 500;

    /// <summary>A city's: some cases are closed in the last stretch, and some of these are reopened.</summary>
    public static ViolationRates OfCity { get; } = new(LastMinute: 20, Reopened: 100);

    /// <summary>The names of the rates as options give them.</summary>
    public static IReadOnlyList<string> Names { get; } =
    ["late_dispatch", "missing_contact", "missed_call_back", "missed_urging", "zero_score", "last_minute", "reopened"];

    /// <summary>Whether every case carries its own due time, seven days after receipt.</summary>
    public bool CarriesDueTimes { get; init; }

    /// <summary>Seats that close many cases just before the limit, whatever their state.</summary>
    public IReadOnlySet<string> Rushers { get; init; } = new HashSet<string>();

    /// <summary>The rates with one of them set; null where there is none of that name.</summary>
    public ViolationRates? With(string name, int perMille) =>
        name switch
        {
            "late_dispatch" => this with { LateDispatch = perMille },
            "missing_contact" => this with { MissingContact = perMille },
            "missed_call_back" => this with { MissedCallBack = perMille },
            "missed_urging" => this with { MissedUrging = perMille },
            "zero_score" => this with { ZeroScore = perMille },
            "last_minute" => this with { LastMinute = perMille },
            "reopened" => this with { Reopened = perMille },
            _ => null,
        };

    internal int LastMinuteOf(string seat) => Rushers.Contains(seat) ? RushersLastMinute : LastMinute;

    internal int ReopenedOf(string seat) => Rushers.Contains(seat) ? RushersReopened : Reopened;
}
