namespace StandIns.Generator;

/// <summary>A service's client, its interface, its configuration and its exceptions.</summary>
internal static class ClientFiles
{
    private const string ErrorParameters = "(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)";
    private const string ErrorArguments = "(message, innerException, errorType, errorCode, requestId, statusCode)";

    public static SourceFile Interface(Surface surface)
    {
        var (space, name) = (surface.Service.Name, surface.Service.Type);
        return new SourceFile("Interface.cs", $"Amazon.{space}", "Amazon.Runtime", $"Amazon.{space}.Model")
            .Type($"public partial interface IAmazon{name} : IAmazonService, IDisposable",
            [
                $"I{name}PaginatorFactory Paginators {{ get; }}",
                "",
                .. surface.Operations.Select(o => Signature(o.Name) + ";"),
                "",
                "Amazon.Runtime.Endpoints.Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);",
                "",
                $"static ClientConfig IAmazonService.CreateDefaultClientConfig() => new Amazon{name}Config();",
                "",
                $"static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) => new Amazon{name}Client(awsCredentials, (Amazon{name}Config)clientConfig);",
            ]);
    }

    public static SourceFile Client(Surface surface)
    {
        var (space, name) = (surface.Service.Name, surface.Service.Type);
        return new SourceFile("Client.cs", $"Amazon.{space}", "Amazon.Runtime", "StandIns.Aws", $"Amazon.{space}.Model")
            .Line()
            .Line($"public partial class Amazon{name}Config() : StandInConfig(Amazon{name}Client.Description);")
            .Type($"public partial class Amazon{name}Client : StandInClient, IAmazon{name}",
            [
                .. Description(surface),
                "",
                .. Constructors(name),
                "",
                $"public I{name}PaginatorFactory Paginators => field ??= new {name}PaginatorFactory(this);",
                "",
                "protected override ServiceDescription Service => Description;",
                .. surface.Operations.SelectMany(o => new[] { "", $"public virtual {Signature(o.Name)} => Call<{o.Name}Request, {o.Name}Response>(request, cancellationToken);" }),
            ]);
    }

    public static SourceFile Exceptions(Surface surface)
    {
        var name = surface.Service.Type;
        var file = new SourceFile("Exceptions.cs", $"Amazon.{surface.Service.Name}.Model", "System.Net", "Amazon.Runtime").Line();
        foreach (var error in surface.Errors)
        {
            file.Line($"public partial class {Naming.Exception(error.Name)}{ErrorParameters} : Amazon{name}Exception{ErrorArguments};");
        }

        return file;
    }

    public static SourceFile BaseTypes(Surface surface)
    {
        var name = surface.Service.Type;
        return new SourceFile("BaseTypes.cs", $"Amazon.{surface.Service.Name}", "System.Net", "Amazon.Runtime").Line()
            .Line($"public partial class Amazon{name}Request : AmazonWebServiceRequest;").Line()
            .Line($"public partial class Amazon{name}Exception{ErrorParameters} : AmazonServiceException{ErrorArguments};");
    }

    private static string Signature(string operation) =>
        $"Task<{operation}Response> {operation}Async({operation}Request request, CancellationToken cancellationToken = default)";

    private static IEnumerable<string> Description(Surface surface)
    {
        var model = surface.Model;
        yield return $"internal static readonly ServiceDescription Description = new(\"{model.Metadata("serviceId")}\", \"Amazon.{surface.Service.Name}\")";
        yield return "{";
        yield return $"    SigningName = \"{model.Metadata("signingName") ?? model.Metadata("endpointPrefix")}\",";
        yield return $"    EndpointPrefix = \"{model.Metadata("endpointPrefix")}\",";
        yield return $"    ApiVersion = \"{model.Metadata("apiVersion")}\",";
        if (model.Metadata("globalEndpoint") is { } global)
        {
            yield return $"    GlobalEndpoint = \"{global}\",";
        }

        yield return surface.Model.SpeaksJson
            ? $"    Wire = new JsonWire(\"{model.Metadata("targetPrefix")}\", \"{model.Metadata("jsonVersion")}\", lowerCase: {(surface.LowerCaseWire ? "true" : "false")}),"
            : "    Wire = new QueryWire(),";
        yield return "    Error = (code, e) => code switch";
        yield return "    {";
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var error in surface.Errors)
        {
            // The query wire sends the error's code, the JSON wire the name of its shape; two errors may share a code.
            var codes = new[] { error.ErrorCode, error.Name }.OfType<string>().Where(known.Add).Select(code => $"\"{code}\"").ToList();
            if (codes.Count == 0)
            {
                continue;
            }

            yield return $"        {string.Join(" or ", codes)} => new {Naming.Exception(error.Name)}(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode),";
        }

        yield return $"        _ => new Amazon{surface.Service.Type}Exception(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode),";
        yield return "    },";
        yield return "};";
    }

    private static IEnumerable<string> Constructors(string name)
    {
        const string Key = "string awsAccessKeyId, string awsSecretAccessKey";
        const string Basic = "new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey)";
        const string Session = "new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken)";
        yield return $"public Amazon{name}Client(AWSCredentials credentials, Amazon{name}Config clientConfig) : base(credentials, clientConfig) {{ }}";
        yield return $"public Amazon{name}Client(Amazon{name}Config clientConfig) : this((AWSCredentials)null, clientConfig) {{ }}";
        yield return $"public Amazon{name}Client({Key}, Amazon{name}Config clientConfig) : this({Basic}, clientConfig) {{ }}";
        yield return $"public Amazon{name}Client({Key}, string awsSessionToken, Amazon{name}Config clientConfig) : this({Session}, clientConfig) {{ }}";
        foreach (var (parameters, credentials) in new[] { ("", "(AWSCredentials)null"), ("AWSCredentials credentials", "credentials"), (Key, Basic), (Key + ", string awsSessionToken", Session) })
        {
            var region = parameters.Length == 0 ? "RegionEndpoint region" : parameters + ", RegionEndpoint region";
            yield return $"public Amazon{name}Client({parameters}) : this({credentials}, new Amazon{name}Config()) {{ }}";
            yield return $"public Amazon{name}Client({region}) : this({credentials}, new Amazon{name}Config {{ RegionEndpoint = region }}) {{ }}";
        }
    }
}
