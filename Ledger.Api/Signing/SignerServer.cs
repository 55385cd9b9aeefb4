using System.Text;
using Ledger.Projections.Evidence.Checkpoints;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ledger.Api.Signing;

/// <summary>
/// A signer for other processes: <c>GET /policy</c> gives its public keys, <c>POST /sign</c> takes a <see cref="SignRequest"/>
/// and answers 200 with the note, 409 with the size to begin at, or 422 with why it does not sign.
/// </summary>
internal static class SignerServer
{
    private const int MostRequestBytes = 64 * 1024;

    /// <summary>The application; nothing listens until it is started.</summary>
    public static WebApplication Build(Signer signer, Action<KestrelServerOptions> listen)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Ledger.Api" });
        builder.WebHost.UseKestrel(listen).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MostRequestBytes);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.UseRouting();
        app.MapGet("/policy", () => Results.Text(signer.Policy.ToString()));
        app.MapPost(
            "/sign",
            async (HttpRequest request, CancellationToken cancel) =>
            {
                using var reader = new StreamReader(request.Body, Encoding.UTF8);
                return SignRequest.Parse(await reader.ReadToEndAsync(cancel)) is { } asked
                    ? Answer(signer.Sign(asked))
                    : Results.Text(
                        "expected a line with the old size, proof lines, an empty line and a checkpoint",
                        statusCode: StatusCodes.Status400BadRequest
                    );
            }
        );
        return app;
    }

    private static IResult Answer(SignAnswer answer) =>
        answer switch
        {
            SignAnswer.Signed signed => Results.Text(signed.Note.ToString()),
            SignAnswer.From from => Results.Text($"{from.Size}\n", "text/x.tlog.size", statusCode: StatusCodes.Status409Conflict),
            SignAnswer.Refused refused => Results.Text(refused.Reason, statusCode: StatusCodes.Status422UnprocessableEntity),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
