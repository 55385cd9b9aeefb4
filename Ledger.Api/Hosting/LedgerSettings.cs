using Ledger.Api.Identities;
using Ledger.Domain.Assessments;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Checkpoints;
using NodaTime;
using NodaTime.Text;

namespace Ledger.Api.Hosting;

/// <summary>Where the ledger is.</summary>
/// <param name="DataDirectory">Holds the embedded cluster, and what stands outside the database: checkpoints, the signer.</param>
/// <param name="ConnectionString">A real server; null for the embedded one.</param>
/// <param name="SignerAddress">A signer that runs elsewhere; null for one of this data directory.</param>
/// <param name="Witness">Somebody else's witness; null for none.</param>
/// <param name="Schedule">When a service assesses every contract by itself; null for never.</param>
public sealed record LedgerSettings(
    string DataDirectory,
    string? ConnectionString,
    Uri? SignerAddress = null,
    WitnessSettings? Witness = null,
    AssessmentSchedule? Schedule = null
)
{
    /// <summary>Who else than the ledger itself says who somebody is.</summary>
    public IdentitySettings Identity { get; init; } = new();

    /// <summary>Whether it is a demo, in which everybody on this machine signs in as anybody.</summary>
    public bool IsDemo { get; init; }

    /// <summary>The most requests of one caller in a second, over HTTP.</summary>
    public int RequestsASecond { get; init; } = 1000;

    /// <summary>Whether a service logs a JSON object a line, for programs that collect logs.</summary>
    public bool LogsJson { get; init; }

    /// <summary>OpenTelemetry's own settings (<c>OTEL_…</c>); nothing is sent without an endpoint among them.</summary>
    public IReadOnlyDictionary<string, string?> Otel { get; init; } = new Dictionary<string, string?>();

    /// <summary>
    /// From <c>LEDGER_DATA</c>, <c>ConnectionStrings__Ledger</c>, <c>LEDGER_SIGNER</c>, <c>LEDGER_WITNESS</c> and <c>LEDGER_ASSESS_AT</c>
    /// (or appsettings.json). By default the data is in the user's local share, root's in <c>/var/lib/ledger</c>, which an unprivileged
    /// PostgreSQL can reach. Throws <see cref="LedgerException"/> for an address or a time that is none.
    /// </summary>
    public static LedgerSettings From(IConfiguration configuration)
    {
        var directory = configuration["LEDGER_DATA"];
        if (string.IsNullOrWhiteSpace(directory))
        {
            directory =
                !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess
                    ? "/var/lib/ledger"
                    : Path.Combine(
                        Environment.GetFolderPath(
                            Environment.SpecialFolder.LocalApplicationData,
                            Environment.SpecialFolderOption.DoNotVerify
                        ),
                        "ledger"
                    );
        }

        var connection = configuration.GetConnectionString("Ledger");
        return new LedgerSettings(
            Path.GetFullPath(directory),
            string.IsNullOrWhiteSpace(connection) ? null : connection,
            configuration["LEDGER_SIGNER"] is { Length: > 0 } signer ? Address("LEDGER_SIGNER", signer) : null,
            configuration["LEDGER_WITNESS"] is { Length: > 0 } witness ? WitnessSettings.Parse(witness) : null,
            configuration["LEDGER_ASSESS_AT"] is { Length: > 0 } at ? new AssessmentSchedule(Time("LEDGER_ASSESS_AT", at)) : null
        )
        {
            Identity = IdentitySettings.From(configuration),
            LogsJson = Word("LEDGER_LOG", configuration["LEDGER_LOG"] ?? "text", "text", "json") == "json",
            Otel = OtelFrom(configuration),
            RequestsASecond = Count("LEDGER_REQUESTS_PER_SECOND", configuration["LEDGER_REQUESTS_PER_SECOND"] ?? "1000"),
        };
    }

    private static Dictionary<string, string?> OtelFrom(IConfiguration configuration)
    {
        var otel = configuration.AsEnumerable().Where(s => s.Key.StartsWith("OTEL_", StringComparison.Ordinal)).ToDictionary();
        foreach (var (name, value) in otel.Where(s => s.Key.EndsWith("_ENDPOINT", StringComparison.Ordinal) && s.Value is { Length: > 0 }))
        {
            _ = Address(name, value!);
        }

        return otel;
    }

    private static string Word(string setting, string text, params string[] words) =>
        words.Contains(text)
            ? text
            : throw new LedgerException(ErrorCode.BadRequest, $"{setting}: expected {string.Join(" or ", words)}, got \"{text}\"");

    private static int Count(string setting, string text) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, null, out var count) && count > 0
            ? count
            : throw new LedgerException(ErrorCode.BadRequest, $"{setting}: expected a whole number above 0, got \"{text}\"");

    private static LocalTime Time(string setting, string text) =>
        LocalTimePattern.CreateWithInvariantCulture("HH:mm").Parse(text) is { Success: true, Value: var time }
            ? time
            : throw new LedgerException(
                ErrorCode.BadRequest,
                $"{setting}: expected a time of the day in China such as 02:00, got \"{text}\""
            );

    internal static Uri Address(string setting, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new LedgerException(
                ErrorCode.BadRequest,
                $"{setting}: expected an address such as http://10.0.0.5:5081, got \"{text}\""
            );
}

/// <summary>A witness: its submission prefix and the key that it cosigns with.</summary>
public sealed record WitnessSettings(Uri Address, VerifierKey Key)
{
    /// <summary>
    /// From <c>LEDGER_WITNESS</c>: an address, a space and a verifier key; throws <see cref="LedgerException"/> for anything else.
    /// </summary>
    public static WitnessSettings Parse(string text)
    {
        var parts = text.Split(' ');
        try
        {
            return parts.Length == 2 && VerifierKey.Parse(parts[1]) is { Type: SignatureType.Cosignature } key
                ? new WitnessSettings(LedgerSettings.Address("LEDGER_WITNESS", parts[0].TrimEnd('/') + "/"), key)
                : throw new FormatException("expected an address, a space and a verifier key of type 4");
        }
        catch (FormatException e)
        {
            throw new LedgerException(ErrorCode.BadRequest, $"LEDGER_WITNESS: {e.Message}", e);
        }
    }

    /// <summary>The witness, to be asked from now on.</summary>
    internal Witness Open(Action<string> say) => new(new HttpClient { Timeout = TimeSpan.FromSeconds(5) }, Address, Key, say);
}
