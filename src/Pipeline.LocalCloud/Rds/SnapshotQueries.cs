using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Rds;

/// <summary>Which snapshots a caller wants to see.</summary>
internal static class SnapshotQueries
{
    public static readonly PageNames Pages = new("MaxRecords", "Marker", "Marker", 100);

    /// <summary>All snapshots here were asked for: those of other types and of other accounts are none.</summary>
    /// <exception cref="AwsException">no snapshot of the id that is asked for, or a filter that is not known</exception>
    public static JsonObject Answer(AwsRequest request, DatabaseSnapshots snapshots)
    {
        var found = request.Text("DBSnapshotIdentifier") is { Length: > 0 } id ? [snapshots.Get(id.Split(":snapshot:")[^1])] : snapshots.All;
        if (request.Text("DBInstanceIdentifier") is { Length: > 0 } instance)
        {
            found = found.Where(s => string.Equals(s.Instance.Id, instance.Split(":db:")[^1], StringComparison.OrdinalIgnoreCase));
        }

        if (request.Text("DbiResourceId") is { Length: > 0 } resource)
        {
            found = found.Where(s => s.Instance.ResourceId == resource);
        }

        if (request.Text("SnapshotType") is { Length: > 0 } type)
        {
            found = type switch
            {
                "manual" => found,
                "automated" or "shared" or "public" or "awsbackup" => [],
                _ => throw new AwsException("InvalidParameterValue", $"Invalid snapshot type: {type}"),
            };
        }

        foreach (var filter in request.Body.Objects("Filters"))
        {
            found = Filtered(found, filter.Text("Name") ?? "", filter.Texts("Values"));
        }

        RefuseSize(request);
        return Protocols.Pages.Of(request, "DBSnapshots", found.Select(s => s.Shown()), Pages);
    }

    /// <exception cref="AwsException">a page's size that RDS does not take</exception>
    public static void RefuseSize(AwsRequest request)
    {
        if (request.Body.Int("MaxRecords") is < 20 or > 100)
        {
            throw new AwsException("InvalidParameterValue", $"Invalid value {request.Text("MaxRecords")} for MaxRecords. Must be between 20 and 100");
        }
    }

    private static IEnumerable<SnapshotRecord> Filtered(IEnumerable<SnapshotRecord> found, string name, IReadOnlyList<string> values) => name switch
    {
        "db-snapshot-id" => found.Where(s => values.Any(v => v == s.Id || v == s.Arn)),
        "db-instance-id" => found.Where(s => values.Any(v => v == s.Instance.Id || v == s.Instance.Arn)),
        "dbi-resource-id" => found.Where(s => values.Contains(s.Instance.ResourceId)),
        "snapshot-type" => values.Contains("manual") ? found : [],
        "engine" => found.Where(s => values.Contains(s.Instance.Text("Engine"))),
        _ => throw new AwsException("InvalidParameterValue", $"Unrecognized filter name: {name}"),
    };
}
