using System.Text.Json;
using Ledger.Tests.Support;

namespace Ledger.Tests.Http;

/// <summary>The OpenAPI document, which other programs are generated from.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task The_document_is_the_one_in_the_repository_and_complete()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var anybody = service.Anonymous();
        var document = await anybody.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        Golden.Equal("docs/openapi.json", document.ReplaceLineEndings("\n") + "\n");
        var incomplete =
            from path in JsonDocument.Parse(document).RootElement.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            where operation.Value.ValueKind == JsonValueKind.Object && path.Name.StartsWith("/api/", StringComparison.Ordinal)
            where
                !operation.Value.TryGetProperty("summary", out _)
                || !operation.Value.TryGetProperty("operationId", out _)
                || !operation.Value.GetProperty("responses").TryGetProperty("401", out _)
            select $"{operation.Name} {path.Name}";
        Assert.Equal([], incomplete);
    }

    [Fact]
    public async Task The_reference_loads_nothing_from_another_host()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var anybody = service.Anonymous();
        var page = await anybody.GetStringAsync(new Uri("/reference/", UriKind.Relative));
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
    }
}
