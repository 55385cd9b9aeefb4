using System.CommandLine;
using JasperFx;
using JasperFx.Events;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Marten;
using Weasel.Core;

namespace Ledger.Benchmarks;

/// <summary>
/// Marten as its documentation shows it: Quick append, a session for each unit of work, nothing of the ledger's but its event
/// types and serialiser options. In a schema of its own on the same database.
/// </summary>
internal static class PlainMarten
{
    /// <summary>A store.</summary>
    public static DocumentStore Open(string connection) =>
        DocumentStore.For(options =>
        {
            options.Connection(connection);
            options.DatabaseSchemaName = "plain";
            options.AutoCreateSchemaObjects = AutoCreate.CreateOrUpdate;
            options.UseSystemTextJsonForSerialization(LedgerJson.Options, EnumStorage.AsInteger, Casing.CamelCase);
            options.Events.StreamIdentity = StreamIdentity.AsString;
            options.Events.AppendMode = EventAppendMode.Quick;
            foreach (var type in EventCatalogue.All)
            {
                options.Events.MapEventType(type.Data, type.Alias);
            }
        });

    /// <summary>One event in one session.</summary>
    public static async Task AppendAsync(DocumentStore store, NewEvent e)
    {
        await using var session = store.LightweightSession();
        session.Events.Append(StreamOf(e), e.Data);
        await session.SaveChangesAsync();
    }

    /// <summary><c>plain-import</c>: parses a file of events and appends them in sessions of 1,000.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE");
        var command = new Command(
            "plain-import",
            "What an import is measured beside: parses a file and appends it in sessions of 1,000, with plain Marten"
        )
        {
            file,
        };
        command.SetAction(async parsed =>
        {
            await using var store = Open(Environment.GetEnvironmentVariable("ConnectionStrings__Ledger")!);
            await foreach (var lines in File.ReadLinesAsync(parsed.GetRequiredValue(file)).Chunk(1_000))
            {
                await using var session = store.LightweightSession();
                foreach (var line in lines)
                {
                    var e = EventReader.Read(System.Text.Encoding.UTF8.GetBytes(line), null, out _)!;
                    session.Events.Append(StreamOf(e), e.Data);
                }

                await session.SaveChangesAsync();
            }
        });
        return command;
    }

    private static string StreamOf(NewEvent e) => $"{e.Contract}/{EventStreams.KeyOf(e.Contract, e.Subject)}";
}
