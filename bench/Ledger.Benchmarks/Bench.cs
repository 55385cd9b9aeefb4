using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Ledger.Api.Hosting;
using Ledger.Api.Imports;
using Ledger.Api.Operations;
using Ledger.Api.Postgres;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Domain.Simulation;
using Ledger.Domain.Terms;
using Ledger.Projections.Evidence.Checkpoints;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>A ledger of its own on an embedded PostgreSQL in a temporary directory, and how rounds are taken and shown.</summary>
internal sealed class Bench : IAsyncDisposable
{
    /// <summary>Makes a contract-year of about 120,000 events.</summary>
    public const int CasesPerMonth = 1050;

    private readonly string directory;
    private readonly EmbeddedCluster? cluster;
    private readonly LedgerHost ledger;

    private Bench(string directory, EmbeddedCluster? cluster, string connection, LedgerHost ledger) =>
        (this.directory, this.cluster, Connection, this.ledger, Database) = (
            directory,
            cluster,
            connection,
            ledger,
            NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(connection)
                {
                    NoResetOnClose = true,
                    MaxAutoPrepare = 100,
                    AutoPrepareMinUsages = 2,
                }
            )
        );

    /// <summary>Where the database is, with the driver's defaults: for what is measured as its documentation shows it.</summary>
    public string Connection { get; }

    /// <summary>The database as its owner, for what is measured beside the ledger: the ledger's own role may make no tables.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>What the ledger under measurement gives its commands and endpoints.</summary>
    public T Get<T>()
        where T : notnull => ledger.Services.GetRequiredService<T>();

    /// <summary>A fresh ledger; on the server of <c>ConnectionStrings__Ledger</c> where that is set.</summary>
    public static async Task<Bench> OpenAsync()
    {
        // Not under a private directory: an unprivileged PostgreSQL must reach it when we are root.
        var directory = Directory.CreateDirectory($"/tmp/ledger-bench-{Environment.ProcessId}").FullName;
        var server = Environment.GetEnvironmentVariable("ConnectionStrings__Ledger");
        var cluster = string.IsNullOrEmpty(server)
            ? await EmbeddedCluster.OpenAsync(directory, Console.Error.WriteLine, CancellationToken.None)
            : null;
        var connection = cluster?.ConnectionString ?? server!;
        var ledger = await LedgerHost.OpenAsync(
            new LedgerSettings(directory, connection),
            SystemClock.Instance,
            Console.Error.WriteLine,
            CancellationToken.None,
            Signer.Open(DataFiles.Signer(directory))
        );
        return new Bench(directory, cluster, connection, ledger);
    }

    /// <summary>A file that goes with the bench.</summary>
    public string PathOf(string name) => Path.Combine(directory, name);

    /// <summary>The contracts that ship.</summary>
    public static IReadOnlyList<string> ShippedContracts { get; } =
    ["anding-2023", "gaomidian-2025", "jiuxianqiao-2025", "yangfangdian-2026", "yongdinglu-2026"];

    /// <summary>The terms of a contract that ships.</summary>
    public static ContractTerms Terms(string contract) =>
        TermsReader.Read(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "contracts", contract + ".json")), out var faults)
        ?? throw new InvalidDataException(string.Join("; ", faults));

    /// <summary>Registers a contract.</summary>
    public Task RegisterAsync(ContractTerms terms) => SendAsync<Registration>(terms.Id, new RegisterContract(terms, "bench"));

    /// <summary>Assesses a contract.</summary>
    public Task AssessAsync(string contract, Instant asOf) => SendAsync<AssessmentReport>(contract, new AssessContract(contract, asOf));

    /// <summary>Sends a command as the command line does.</summary>
    public async Task<T> SendAsync<T>(string contract, object command) =>
        await (await ledger.BusAsync(CancellationToken.None)).InvokeForTenantAsync<T>(contract, command);

    /// <summary>Runs the product's command line on this ledger, as a process of its own. Gives its peak memory in bytes.</summary>
    public Task<long> CommandAsync(params string[] arguments) => ProcessAsync("Ledger.Api.dll", [.. arguments, "--json"]);

    /// <summary>Runs a command of this program on this database, as a process of its own.</summary>
    public Task PlainAsync(params string[] arguments) => ProcessAsync("Ledger.Benchmarks.dll", arguments);

    private async Task<long> ProcessAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["ConnectionStrings__Ledger"] = Connection;
        start.Environment["LEDGER_DATA"] = PathOf("evidence"); // A signer of its own: this process holds the other.
        using var process = Process.Start(start)!;
        var (said, failed) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var (exit, peak) = (process.WaitForExitAsync(), 0L);
        while (await Task.WhenAny(exit, Task.Delay(20)) != exit)
        {
            try
            {
                process.Refresh();
                peak = Math.Max(peak, process.PeakWorkingSet64);
            }
            catch (InvalidOperationException)
            {
                // It ended between two looks.
            }
        }

        return process.ExitCode == 0
            ? peak
            : throw new InvalidOperationException($"{string.Join(' ', arguments)}: {await failed} {await said}");
    }

    /// <summary>Registers the contract and imports its events.</summary>
    public async Task FillAsync(ContractTerms terms, IReadOnlyList<NewEvent> events)
    {
        await RegisterAsync(terms);
        using var file = new MemoryStream([.. events.SelectMany(e => EventWriter.Write(e).Append((byte)'\n'))]);
        var report = await Get<Importer>().ImportAsync(EventFile.OfEvents(file, null), new ImportOptions(), CancellationToken.None);
        if (report.Recorded != events.Count)
        {
            throw new InvalidOperationException(
                $"{report.Recorded} of {events.Count} events were recorded: {string.Join("; ", report.Errors.SelectMany(e => e.Faults))}"
            );
        }

        await using var command = Database.CreateCommand("vacuum analyze");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Contracts made from the terms of one, each with a simulated year of about 120,000 events.</summary>
    public async Task FillYearsAsync(string contract, int years)
    {
        var model = Terms(contract);
        for (var year = 0; year < years; year++)
        {
            var terms = year == 0 ? model : model with { Id = $"{contract}-{year + 1:000}" };
            await FillAsync(terms, ServiceYear.Of(terms, 20251028 + (ulong)year, CasesPerMonth));
        }
    }

    /// <summary>Registers contracts made from the terms of one, and writes a simulated year of each to one file; gives its path.</summary>
    public async Task<string> WriteYearsAsync(string contract, IEnumerable<int> years)
    {
        var path = Path.Combine(directory, "events.ndjson");
        await using var file = File.Create(path);
        foreach (var year in years)
        {
            var terms = Terms(contract) with { Id = $"{contract}-{year:000}" };
            await RegisterAsync(terms);
            foreach (var e in ServiceYear.Of(terms, (ulong)year, CasesPerMonth))
            {
                await file.WriteAsync(EventWriter.Write(e));
                file.WriteByte((byte)'\n');
            }
        }

        return path;
    }

    /// <summary>Prints the head of a table of ratios.</summary>
    public static void Head(string raw = "raw", string ours = "ledger")
    {
        Console.WriteLine();
        Console.WriteLine($"| what | {raw} | {ours} | ratio | reach |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
    }

    /// <summary>Prints the head of a table of ratios to plain Marten.</summary>
    public static void HeadOfThree()
    {
        Console.WriteLine();
        Console.WriteLine("| what | raw | plain Marten | ledger | ledger ÷ raw | ledger ÷ plain Marten | reach |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    }

    /// <summary>Prints a row of a table of ratios to plain Marten; true where that ratio reaches what is asked for.</summary>
    public static bool RowOfThree(string what, double raw, double marten, double ours, string unit, double reach, bool atLeast)
    {
        Console.WriteLine(
            $"| {what} | {Show(raw, 0)} {unit} | {Show(marten, 0)} {unit} | {Show(ours, 0)} {unit} | {Show(ours / raw, 2)} | "
                + $"{Show(ours / marten, 2)} | {(atLeast ? "≥" : "≤")} {reach.ToString(CultureInfo.InvariantCulture)} |"
        );
        return atLeast ? ours / marten >= reach : ours / marten <= reach;
    }

    /// <summary>The median times of two things in milliseconds, in interleaved rounds after one to warm up.</summary>
    public static async Task<(double Raw, double Ours)> InterleaveAsync(int rounds, Func<Task> raw, Func<Task> ours)
    {
        var (a, b) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var (first, second) = (await TimeAsync(raw), await TimeAsync(ours));
            if (round > 0)
            {
                a.Add(first);
                b.Add(second);
            }
        }

        return (Median(a), Median(b));
    }

    /// <summary>Prints a row of a table of ratios; true where the ratio reaches what is asked for (0: nothing is).</summary>
    public static bool Row(string what, double raw, double ours, string unit, double reach, bool atLeast)
    {
        var ratio = ours / raw;
        Console.WriteLine(
            $"| {what} | {Show(raw, 0)} {unit} | {Show(ours, 0)} {unit} | {Show(ratio, 2)} | "
                + $"{(reach == 0 ? "–" : $"{(atLeast ? "≥" : "≤")} {reach.ToString(CultureInfo.InvariantCulture)}")} |"
        );
        return atLeast ? ratio >= reach : ratio <= reach;
    }

    /// <summary>The time of one round in milliseconds, after a collection.</summary>
    public static async Task<double> TimeAsync(Func<Task> round)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var watch = Stopwatch.StartNew();
        await round();
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>The middle of the rounds.</summary>
    public static double Median(IEnumerable<double> rounds)
    {
        var sorted = rounds.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>A number for people.</summary>
    public static string Show(double value, int places) => value.ToString($"N{places}", CultureInfo.InvariantCulture);

    /// <summary>Says on what it was measured.</summary>
    public async Task DescribeAsync()
    {
        Console.WriteLine(
            $"machine: {Environment.ProcessorCount} cores, {Show(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1)} GB, "
                + $"{RuntimeInformation.OSDescription}, .NET {Environment.Version}"
        );
        Console.WriteLine($"PostgreSQL: {string.Join(", ", await SettingsAsync())}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ledger.DisposeAsync();
        await Database.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        cluster?.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private async Task<IReadOnlyList<string>> SettingsAsync()
    {
        await using var command = Database.CreateCommand(
            """
            select name || ' ' || current_setting(name) from pg_settings
            where name in ('server_version', 'shared_buffers', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_level') order by name
            """
        );
        await using var reader = await command.ExecuteReaderAsync();
        var settings = new List<string>();
        while (await reader.ReadAsync())
        {
            settings.Add(reader.GetString(0));
        }

        return settings;
    }
}
