using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>How a service's requests and answers travel.</summary>
internal enum Wire
{
    /// <summary>JSON with the operation in <c>X-Amz-Target</c>; times are epoch seconds (<see cref="Time.Epoch"/>).</summary>
    Json,

    /// <summary>A form with <c>Action</c> and <c>Version</c>, answered in XML; times are ISO 8601 (<see cref="Time.Iso"/>).</summary>
    Query,
}

/// <summary>One operation: the request's members in, the result's members out, both under the names of the public service model.</summary>
internal delegate Task<JsonObject> Operation(AwsRequest request);

/// <summary>One AWS service: its wire and its operations by name. An operation that is not in the table is refused as AWS refuses it.</summary>
internal sealed record AwsService(string SigningName, Wire Wire)
{
    private readonly Dictionary<string, Operation> _operations = new(StringComparer.Ordinal);

    /// <summary>JSON wire: what stands before the dot in <c>X-Amz-Target</c>, several where clients of different age differ.</summary>
    public IReadOnlyList<string> TargetPrefixes { get; init; } = [];

    /// <summary>Query wire: the namespace of the answer's XML.</summary>
    public string XmlNamespace { get; init; } = "";

    /// <summary>Query wire: member path of a list → name of its XML items where that is not <c>member</c>.</summary>
    public IReadOnlyDictionary<string, string> ListItemNames { get; init; } = new Dictionary<string, string>();

    /// <summary>Query wire: member paths of maps, whose keys are data and not names.</summary>
    public IReadOnlySet<string> MapMembers { get; init; } = new HashSet<string>();

    /// <summary>Query wire: items of lists stand side by side under the list's own name, without an element around them (SQS).</summary>
    public bool FlatLists { get; init; }

    /// <summary>Query wire: the members stand in the answer itself, without a <c>Result</c> around them (EC2).</summary>
    public bool BareResults { get; init; }

    public IReadOnlyDictionary<string, Operation> Operations => _operations;

    public AwsService On(string operation, Operation run)
    {
        _operations.Add(operation, run);
        return this;
    }

    public AwsService On(string operation, Func<AwsRequest, JsonObject> run) => On(operation, request => Task.FromResult(run(request)));
}
