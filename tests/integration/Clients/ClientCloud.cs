using System.Text;
using System.Text.Json.Nodes;
using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.Runtime;
using Pipeline.Images;
using Pipeline.LocalCloud;
using Pipeline.Processes;
using Pipeline.Tests.Contracts;
using Pipeline.Tests.LocalCloud;

namespace Pipeline.Tests.Clients;

/// <summary>An embedded cloud and the settings by which unmodified clients find it.</summary>
internal sealed class ClientCloud : IAsyncDisposable
{
    public const string Region = "eu-central-1";
    public const string Account = "123456789012";
    private readonly CloudServer _server;

    private ClientCloud(CloudServer server) => _server = server;

    public string Endpoint => _server.Endpoint;

    /// <summary>What a client needs to know, and nothing that a developer's machine may have set.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["AWS_ENDPOINT_URL"] = Endpoint,
        ["AWS_ACCESS_KEY_ID"] = "test",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_SESSION_TOKEN"] = null,
        ["AWS_PROFILE"] = null,
        ["AWS_CONFIG_FILE"] = Path.Combine(Path.GetTempPath(), "no-such-aws-config"),
        ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(Path.GetTempPath(), "no-such-aws-credentials"),
        ["AWS_REGION"] = Region,
        ["AWS_DEFAULT_REGION"] = Region,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_PAGER"] = "",
        ["CDK_DISABLE_CLI_TELEMETRY"] = "true",
        ["NODE_NO_WARNINGS"] = "1",
        ["CI"] = "true",
    };

    public static async Task<ClientCloud> Start() => new(await CheckedCloud.Start(new CloudOptions(0, null, ComputeCloud.TimeScale)));

    public T Configure<T>(T config) where T : ClientConfig
    {
        config.ServiceURL = Endpoint;
        config.AuthenticationRegion = Region;
        return config;
    }

    /// <summary>The service of the tests in the cloud's registry; answers its reference by digest.</summary>
    public async Task<string> PushProbe()
    {
        var folder = TestContext.CurrentContext.TestDirectory;
        var layer = ComputeCloud.Layer(new[] { "Probe.dll", "Probe.runtimeconfig.json" }.Select(file => ($"app/{file}", File.ReadAllBytes(Path.Combine(folder, file)), false)));
        var config = Encoding.UTF8.GetBytes("""{"os":"linux","architecture":"any","config":{"WorkingDir":"/app","Entrypoint":["dotnet","/app/Probe.dll"]}}""");
        using var ecr = new AmazonECRClient(FrontClients.Developer, Configure(new AmazonECRConfig()));
        await ecr.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = "probe" });
        var token = (await ecr.GetAuthorizationTokenAsync(new GetAuthorizationTokenRequest())).AuthorizationData.Single().AuthorizationToken;
        var endpoint = new RegistryEndpoint(new Uri(Endpoint), "AWS", new global::Pipeline.Processes.Secret(Encoding.UTF8.GetString(Convert.FromBase64String(token))["AWS:".Length..]));
        using var registry = new OciRegistry(endpoint);
        var descriptors = new List<JsonObject>();
        foreach (var (content, type) in new[] { (config, "application/vnd.oci.image.config.v1+json"), (layer, "application/vnd.oci.image.layer.v1.tar+gzip") })
        {
            var digest = ImageManifest.DigestOf(content);
            await registry.PushBlob("probe", digest, _ => Task.FromResult<Stream>(new MemoryStream(content)), null, CancellationToken.None);
            descriptors.Add(new JsonObject { ["mediaType"] = type, ["digest"] = digest, ["size"] = content.Length });
        }

        var manifest = new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = "application/vnd.oci.image.manifest.v1+json", ["config"] = descriptors[0], ["layers"] = new JsonArray(descriptors[1]) };
        return $"{endpoint.Host}/probe@{await registry.PushManifest("probe", "test", Encoding.UTF8.GetBytes(manifest.ToJsonString()), CancellationToken.None)}";
    }

    public Task<CommandResult> Run(string program, IReadOnlyList<string> arguments, string? folder = null, TimeSpan? timeout = null) => ChildProcess.Run(
        new Command(program, arguments, folder ?? TestContext.CurrentContext.WorkDirectory) { Environment = Environment, Timeout = timeout ?? TimeSpan.FromMinutes(5), PlainText = true },
        CancellationToken.None);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
