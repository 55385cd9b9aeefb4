using System.Reflection;
using Ledger.Api.Identities;
using Ledger.Domain.Events;
using Microsoft.AspNetCore.Http.Metadata;

namespace Ledger.Api.Web;

/// <summary>
/// A decision as a request brings it. Its body is the data of the event that it becomes; who decides is who is signed in; the roles that
/// the event is for are the roles of the endpoint.
/// </summary>
public sealed class Decision<T> : IEndpointMetadataProvider
    where T : EventData
{
    private readonly DecisionRecorder recorder;
    private readonly DecisionRequest request;

    private Decision(DecisionRecorder recorder, DecisionRequest request) => (this.recorder, this.request) = (recorder, request);

    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ForAttribute([.. EventCatalogue.Of<T>().By]));
        builder.Metadata.Add(new AcceptsMetadata([RequestBody.Json], typeof(T)));
    }

    /// <summary>Reads what stands in the headers, the query and the body.</summary>
    public static async Task<Decision<T>> ReadAsync(HttpContext context, DecisionRecorder recorder) =>
        new(recorder, await DecisionRequest.ReadAsync(context));

    /// <summary>Decides on the contract as a whole, or on what is its only one of a kind.</summary>
    public Task<DecisionAnswer> OnAsync(string subject) => recorder.RecordAsync(request, EventCatalogue.Of<T>(), subject);

    /// <summary>Decides on one of a kind, by its key in the route.</summary>
    public Task<DecisionAnswer> OnAsync(string kind, string key) => OnAsync($"{kind}/{RequestValues.Segment(key)}");
}
