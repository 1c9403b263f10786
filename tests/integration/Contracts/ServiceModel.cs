using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Processes;

namespace Pipeline.Tests.Contracts;

/// <summary>A service as AWS publishes it: operations, shapes, errors. Read from the models that come with the AWS CLI.</summary>
internal sealed class ServiceModel
{
    /// <summary>Where a model's folder is not called like the service's signing name.</summary>
    private static readonly Dictionary<string, string> Folders = new()
    {
        ["elasticloadbalancing"] = "elbv2",
        ["monitoring"] = "cloudwatch",
    };

    private static readonly Lazy<string?> Root = new(Find);
    private static readonly ConcurrentDictionary<string, Lazy<ServiceModel>> Read = new();
    private readonly JsonObject _model;

    private ServiceModel(JsonObject model) => _model = model;

    /// <summary>Whether this machine has the models.</summary>
    public static bool Available => Root.Value is not null;

    public string Protocol => (string)_model["metadata"]!["protocol"]!;

    public string XmlNamespace => (string?)_model["metadata"]!["xmlNamespace"] ?? "";

    /// <summary>A service that spoke the query wire before and still tells its old error codes.</summary>
    public bool QueryCompatible => _model["metadata"]!["awsQueryCompatible"] is not null;

    public static ServiceModel Of(AwsService service) => Read.GetOrAdd(service.SigningName, name => new(() => Load(Folders.GetValueOrDefault(name, name)))).Value;

    public JsonObject? Operation(string name) => _model["operations"]![name]?.AsObject();

    public JsonObject Shape(JsonNode reference) => _model["shapes"]![(string)reference["shape"]!]!.AsObject();

    /// <summary>The shapes of an operation's errors by name.</summary>
    public IEnumerable<(string Name, JsonObject Shape)> Errors(JsonObject operation) =>
        (operation["errors"]?.AsArray() ?? []).Select(error => ((string)error!["shape"]!, Shape(error)));

    private static ServiceModel Load(string folder)
    {
        var newest = Directory.GetDirectories(Path.Combine(Root.Value!, folder)).Order(StringComparer.Ordinal).Last();
        using var file = File.OpenRead(Path.Combine(newest, "service-2.json.gz"));
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        var model = JsonNode.Parse(unzipped)!.AsObject();
        if (folder == "cloudformation")
        {
            AllowStackStatuses(model["shapes"]!);
        }

        return new ServiceModel(model);
    }

    /// <summary>AWS's events of a stack itself carry any status of a stack, which the published list of resource statuses does not have.</summary>
    private static void AllowStackStatuses(JsonNode shapes)
    {
        foreach (var status in shapes["StackStatus"]!["enum"]!.AsArray())
        {
            shapes["ResourceStatus"]!["enum"]!.AsArray().Add(status!.DeepClone());
        }
    }

    private static string? Find()
    {
        try
        {
            var found = ChildProcess.Run(new Command("python3", ["-c", "import botocore; print(botocore.__path__[0])"], Path.GetTempPath()) { Timeout = TimeSpan.FromMinutes(1) }, CancellationToken.None).GetAwaiter().GetResult();
            var data = Path.Combine(found.Output.Trim(), "data");
            return found.ExitCode == 0 && Directory.Exists(data) ? data : null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or Outcomes.PipelineException)
        {
            return null;
        }
    }
}
