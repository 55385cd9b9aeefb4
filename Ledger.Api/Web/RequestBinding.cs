using System.Reflection;
using JasperFx;
using JasperFx.CodeGeneration.Frames;
using JasperFx.CodeGeneration.Model;
using Wolverine.Http;
using Wolverine.Http.CodeGen;

namespace Ledger.Api.Web;

/// <summary>Has Wolverine give endpoints the <see cref="Moment"/> that a request names.</summary>
internal sealed class RequestBinding : IParameterStrategy
{
    /// <inheritdoc/>
    public bool TryMatch(HttpChain chain, IServiceContainer container, ParameterInfo parameter, out Variable? variable)
    {
        variable =
            parameter.ParameterType == typeof(Moment) ? new MethodCall(typeof(Moment), nameof(Moment.ReadAsync)).ReturnVariable : null;
        return variable is not null;
    }
}
