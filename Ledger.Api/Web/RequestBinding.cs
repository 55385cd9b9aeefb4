using System.Reflection;
using JasperFx;
using JasperFx.CodeGeneration.Frames;
using JasperFx.CodeGeneration.Model;
using Ledger.Api.Identities;
using Wolverine.Http;
using Wolverine.Http.CodeGen;

namespace Ledger.Api.Web;

/// <summary>Has Wolverine give endpoints what a request says in the ledger's own terms: the type reads itself.</summary>
internal sealed class RequestBinding : IParameterStrategy
{
    private static readonly Type[] ThatReadThemselves = [typeof(Body<>), typeof(Decision<>)];

    /// <inheritdoc/>
    public bool TryMatch(HttpChain chain, IServiceContainer container, ParameterInfo parameter, out Variable? variable)
    {
        var type = parameter.ParameterType;
        var reader =
            type == typeof(Moment) ? nameof(Moment.ReadAsync)
            : type == typeof(SignedInUser) ? nameof(SignedInUser.Of)
            : type == typeof(Sender) ? nameof(Sender.Of)
            : type.IsGenericType && Array.IndexOf(ThatReadThemselves, type.GetGenericTypeDefinition()) >= 0 ? nameof(Body<object>.ReadAsync)
            : null;
        variable = reader is null ? null : new MethodCall(type, reader).ReturnVariable;
        return variable is not null;
    }
}
