using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ledger.Api.Identities;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Projections.Store;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Wolverine.Http;

namespace Ledger.Api.Web;

/// <summary>
/// The OpenAPI document, made of the endpoints: what the framework reads off them, and what holds for all of a kind (moments, pages,
/// decisions, errors, who may).
/// </summary>
internal static class OpenApi
{
    private const string Bearer = "bearer";
    private const string Cookie = "cookie";

    public static void AddDocument(this IServiceCollection services)
    {
        services.AddSingleton<IApiDescriptionProvider, BodyDescriptions>();
        services.AddOpenApi(
            "v1",
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_0;

                // Any JSON is no type that a client would need.
                options.CreateSchemaReferenceId = info =>
                    info.Type == typeof(JsonElement) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(info);
                options.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        Describe(document);
                        foreach (var schema in document.Components!.Schemas!.Values.OfType<OpenApiSchema>())
                        {
                            LeaveOutNulls(schema);
                        }

                        return Task.CompletedTask;
                    }
                );
                options.AddOperationTransformer(DescribeAsync);
                options.AddSchemaTransformer(
                    (schema, context, _) =>
                    {
                        Describe(schema, context.JsonTypeInfo);
                        return Task.CompletedTask;
                    }
                );
            }
        );
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Ledger",
            Version = "1",
            Description =
                "An audit ledger for hotline and grid-patrol contracts. Money is a decimal string in yuan, dates and times are ISO 8601. "
                + "Every error is an RFC 9457 problem document whose type is stable (docs/errors.md).",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A token of the ledger's own, or a JWT of the configured identity provider.",
            },
            [Cookie] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = "ledger",
                Description =
                    $"A session, which POST /api/session begins; what changes something repeats its antiforgery token in {SignInServices.AntiforgeryHeader}.",
            },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas["Problem"] = ProblemSchema();
    }

    /// <summary>What may be null is left out where it is: no property says <c>null</c>, and a client needs no type for it.</summary>
    private static void LeaveOutNulls(OpenApiSchema schema)
    {
        foreach (var (name, property) in schema.Properties?.ToList() ?? [])
        {
            if (property.OneOf is [_, OpenApiSchemaReference only] && property.OneOf[0].Type == JsonSchemaType.Null)
            {
                schema.Properties![name] = only;
            }
        }
    }

    private static OpenApiSchema ProblemSchema() =>
        new()
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "type", "title", "status", "detail" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                // No enumeration: a client that was made before an error was added reads it all the same.
                ["type"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Format = "uri",
                    Description = string.Join(", ", Enum.GetValues<ErrorCode>().Select(Problems.TypeOf)),
                },
                ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
                ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["faults"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            ["path"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A JSON path into the request." },
                            ["problem"] = new OpenApiSchema { Type = JsonSchemaType.String },
                        },
                    },
                },
            },
        };

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        if (context.Description.ActionDescriptor is WolverineActionDescriptor { Chain: var chain })
        {
            Describe(operation, context, chain);
        }

        return Task.CompletedTask;
    }

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, HttpChain chain)
    {
        var method = chain.Method.Method;
        var subject = method.DeclaringType!.Name.Replace("Endpoints", "", StringComparison.Ordinal);
        (operation.OperationId, operation.Description) = (subject + method.Name, null);
        operation.Tags = new HashSet<OpenApiTagReference> { new(subject, context.Document) };
        context.Document!.Tags ??= new HashSet<OpenApiTag>();
        context.Document.Tags.Add(new OpenApiTag { Name = subject });
        var parameters = method.GetParameters().Select(p => p.ParameterType).ToList();
        operation.Parameters ??= [];
        foreach (var schema in operation.Parameters.Select(p => p.Schema).OfType<OpenApiSchema>())
        {
            schema.Type ??= JsonSchemaType.String;
        }

        if (parameters.Contains(typeof(Moment)))
        {
            Add(operation, ParameterLocation.Query, "position", "As recorded up to this position.", JsonSchemaType.Integer, "int64");
            Add(operation, ParameterLocation.Query, "asOf", "As recorded up to this time or date.");
            if (method.GetParameters().Any(p => p.ParameterType == typeof(LedgerTime)))
            {
                Add(operation, ParameterLocation.Query, "effective", "The moment at which clocks stop (now).");
            }
        }

        if (method.ReturnType.ToString().Contains("Tabular`1[System.Collections.Generic.IReadOnlyList", StringComparison.Ordinal))
        {
            Add(operation, ParameterLocation.Query, "pageSize", "Rows of a page, 1 to 1000.", JsonSchemaType.Integer, "int32");
            Add(operation, ParameterLocation.Query, "cursor", "Of the page after another: its Link header gives it.");
        }

        var decides = parameters.Exists(p => p.IsGenericType && p.GetGenericTypeDefinition() == typeof(Decision<>));
        if (decides)
        {
            Add(operation, ParameterLocation.Header, "Idempotency-Key", "The event's id: the same again is recorded once.");
            Add(
                operation,
                ParameterLocation.Header,
                "If-Match",
                "The account's version as an ETag gave it: decided on another, it is refused."
            );
            Add(operation, ParameterLocation.Header, "Prefer", "wait=2 waits two seconds for a checkpoint that covers it.");
            Add(operation, ParameterLocation.Query, "time", "When it was decided (now).");
            Add(operation, ParameterLocation.Query, "dryRun", "Shows what it would change and records nothing.", JsonSchemaType.Boolean);
        }

        var creates = decides || method.GetCustomAttribute<AcceptsBodyAttribute>() is { Creates: true };
        if (creates)
        {
            operation.Responses!["201"] = operation.Responses["200"];
        }

        if (BodyOf(method) is { } body)
        {
            var example = Examples.Of(body);
            operation.RequestBody!.Content![RequestBody.Json].Example = example;
            ((OpenApiRequestBody)operation.RequestBody).Required = example is not JsonObject { Count: 0 };
        }

        AddErrors(operation, !chain.Method.Method.IsDefined(typeof(AllowAnonymousAttribute), false), creates, context.Document!);
    }

    /// <summary>What the body of a request says; null where it has none.</summary>
    internal static Type? BodyOf(MethodInfo method) =>
        method
            .GetParameters()
            .Select(p => p.ParameterType)
            .Where(p =>
                p.IsGenericType && (p.GetGenericTypeDefinition() == typeof(Decision<>) || p.GetGenericTypeDefinition() == typeof(Body<>))
            )
            .Select(p => p.GetGenericArguments()[0])
            .Concat(method.GetCustomAttributes(typeof(AcceptsBodyAttribute), false).Cast<AcceptsBodyAttribute>().Select(a => a.Type))
            .FirstOrDefault();

    /// <summary>Which errors an operation may answer with; each is a problem document.</summary>
    private static void AddErrors(OpenApiOperation operation, bool isGuarded, bool creates, OpenApiDocument document)
    {
        (int Status, string Why, bool May)[] errors =
        [
            (400, "The request is no such request.", true),
            (401, "Nobody is signed in.", true),
            (403, "Whoever is signed in may not do this.", isGuarded),
            (404, "There is nothing like that, or nothing that the caller sees.", isGuarded),
            (409, "It does not follow from the state.", creates),
            (412, "The account stands at another version.", creates),
            (422, "The body is not what was expected: faults name each place.", operation.RequestBody is not null),
            (429, "More requests than one caller may make in a time.", true),
            (503, "The database is away.", true),
        ];
        foreach (var (status, why, _) in errors.Where(e => e.May))
        {
            operation.Responses![status.ToString(null, null)] = new OpenApiResponse
            {
                Description = why,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Problems.MediaType] = new() { Schema = new OpenApiSchemaReference("Problem", document) },
                },
            };
        }

        operation.Security = isGuarded
            ?
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Cookie, document)] = [] },
            ]
            : [];
    }

    private static void Add(
        OpenApiOperation operation,
        ParameterLocation place,
        string name,
        string description,
        JsonSchemaType type = JsonSchemaType.String,
        string? format = null
    ) =>
        operation.Parameters!.Add(
            new OpenApiParameter
            {
                In = place,
                Name = name,
                Description = description,
                Schema = new OpenApiSchema { Type = type, Format = format },
            }
        );

    /// <summary>What a converter of ours writes, in place of what the type looks like; what is null is left out.</summary>
    private static void Describe(OpenApiSchema schema, JsonTypeInfo info)
    {
        schema.Required?.ExceptWith(info.Properties.Where(p => p.IsGetNullable).Select(p => p.Name));
        if (schema.Type?.HasFlag(JsonSchemaType.Array) == true && schema.Items is null && info.ElementType is { } element)
        {
            var items = new OpenApiSchema();
            Describe(items, element);
            schema.Items = items;
        }

        Describe(schema, info.Type);
    }

    private static void Describe(OpenApiSchema schema, Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare == typeof(string))
        {
            // The ledger reads texts by a converter of its own, of which the framework knows nothing.
            schema.Type = JsonSchemaType.String;
            return;
        }

        if (LedgerJson.Options.GetConverter(bare) is not IExpect expect)
        {
            return;
        }

        var own = JsonNode.Parse(expect.Schema)!.AsObject();
        schema.Type = own["type"]?.GetValue<string>() switch
        {
            "number" => JsonSchemaType.Number,
            "integer" => JsonSchemaType.Integer,
            "boolean" => JsonSchemaType.Boolean,
            _ => JsonSchemaType.String,
        };
        schema.Format = own["format"]?.GetValue<string>();
        schema.Pattern = own["pattern"]?.GetValue<string>();
        schema.Enum = own["enum"] is JsonArray words ? [.. words.Select(w => w!.DeepClone())] : null;
        schema.Description ??= expect.Expected;
    }
}
