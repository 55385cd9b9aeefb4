using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Wolverine.Http;

namespace Ledger.Api.Web;

/// <summary>
/// Tells the framework of the bodies that endpoints read by themselves (<see cref="Body{T}"/>, <see cref="Decision{T}"/>), so that it
/// describes them as it does any other, each type once and under its name.
/// </summary>
internal sealed class BodyDescriptions : IApiDescriptionProvider
{
    /// <summary>After Wolverine's own.</summary>
    public int Order => int.MaxValue;

    /// <inheritdoc/>
    public void OnProvidersExecuting(ApiDescriptionProviderContext context) { }

    /// <inheritdoc/>
    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
        foreach (var description in context.Results)
        {
            if (
                description.ActionDescriptor is WolverineActionDescriptor { Chain.Method.Method: var method }
                && OpenApi.BodyOf(method) is { } body
            )
            {
                description.ParameterDescriptions.Add(
                    new ApiParameterDescription
                    {
                        Name = "body",
                        Source = BindingSource.Body,
                        Type = body,
                        IsRequired = true,
                    }
                );
                description.SupportedRequestFormats.Clear();
                description.SupportedRequestFormats.Add(new ApiRequestFormat { MediaType = RequestBody.Json });
            }
        }
    }
}
