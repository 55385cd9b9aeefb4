using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Ledger.Api.Pages;

/// <summary>
/// A file that comes with the program: the stylesheet and the script. Its address names its content, and so never changes.
/// </summary>
internal sealed record EmbeddedFile(byte[] Content, string Hash, string MediaType)
{
    private const string Prefix = "assets/";
    private const int HashCharacters = 12;

    private static readonly FrozenDictionary<string, EmbeddedFile> All = typeof(EmbeddedFile)
        .Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(n => n[Prefix.Length..], Read);

    /// <summary>The address of a file.</summary>
    public static string AddressOf(string name) => $"/assets/{All[name].Hash}-{name}";

    /// <summary>Serves them, to be kept for ever.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(
                "/assets/{hash}-{name}",
                IResult (string hash, string name, HttpResponse response) =>
                {
                    if (!All.TryGetValue(name, out var file) || file.Hash != hash)
                    {
                        return Results.NotFound();
                    }

                    response.Headers[HeaderNames.CacheControl] = "public, max-age=31536000, immutable";
                    return Results.Bytes(file.Content, file.MediaType);
                }
            )
            .AllowAnonymous()
            .ExcludeFromDescription();

    private static EmbeddedFile Read(string resource)
    {
        using var stream = typeof(EmbeddedFile).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new EmbeddedFile(
            content,
            Convert.ToHexStringLower(SHA256.HashData(content))[..HashCharacters],
            resource.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8"
        );
    }
}
