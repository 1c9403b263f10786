using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>Elastic Load Balancing v2: application load balancers whose listeners really listen on 127.0.0.1.</summary>
internal sealed class LoadBalancingService
{
    public const string Host = "127.0.0.1";

    /// <summary>How describing operations are paged.</summary>
    public static readonly PageNames Pages = new("PageSize", "Marker", "NextMarker", 400);

    private readonly Table<TagSet> _tags;

    public LoadBalancingService(Database database, TimeProvider clock, Balancer balancer)
    {
        _tags = database.Table<TagSet>("elb/tags");
        Service = new AwsService("elasticloadbalancing", Wire.Query) { XmlNamespace = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/" }
            .On("AddTags", AddTags)
            .On("RemoveTags", RemoveTags)
            .On("DescribeTags", DescribeTags)
            .On("DescribeAccountLimits", _ => Limits());
        var loadBalancers = new LoadBalancerOperations(balancer, clock, Tag);
        var groups = new TargetGroupOperations(balancer, Tag);
        var targets = new TargetOperations(balancer);
        var listeners = new ListenerOperations(balancer, Tag);
        var rules = new RuleOperations(balancer, Tag);
        loadBalancers.AddTo(Service);
        groups.AddTo(Service);
        targets.AddTo(Service);
        listeners.AddTo(Service);
        rules.AddTo(Service);
        ResourceTypes = [.. new LoadBalancerTypes(balancer, loadBalancers, groups).Types, .. new ListenerTypes(balancer, listeners, rules).Types];
    }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    internal static string NewId() => Guid.NewGuid().ToString("N")[..16];

    private void Tag(string arn, JsonObject body)
    {
        var tags = new Dictionary<string, string>(_tags.Find(arn)?.Tags ?? new Dictionary<string, string>());
        foreach (var tag in body.Objects("Tags"))
        {
            tags[tag.Text("Key") ?? ""] = tag.Text("Value") ?? "";
        }

        _tags.Put(arn, new TagSet(tags));
    }

    /// <summary>AWS's default quotas.</summary>
    private static JsonObject Limits() => new()
    {
        ["Limits"] = new JsonArray([.. new[]
        {
            ("application-load-balancers", 50), ("target-groups", 3000), ("targets-per-application-load-balancer", 1000), ("listeners-per-application-load-balancer", 50),
            ("rules-per-application-load-balancer", 100), ("targets-per-target-group", 1000), ("target-groups-per-action-on-application-load-balancer", 5),
        }.Select(limit => new JsonObject { ["Name"] = limit.Item1, ["Max"] = $"{limit.Item2}" })]),
    };

    private JsonObject AddTags(AwsRequest request)
    {
        foreach (var arn in request.Body.Texts("ResourceArns"))
        {
            Tag(arn, request.Body);
        }

        return [];
    }

    private JsonObject RemoveTags(AwsRequest request)
    {
        var keys = request.Body.Texts("TagKeys");
        foreach (var arn in request.Body.Texts("ResourceArns"))
        {
            _tags.Put(arn, new TagSet((_tags.Find(arn)?.Tags ?? new Dictionary<string, string>()).Where(t => !keys.Contains(t.Key)).ToDictionary()));
        }

        return [];
    }

    private JsonObject DescribeTags(AwsRequest request) => new()
    {
        ["TagDescriptions"] = new JsonArray([.. request.Body.Texts("ResourceArns").Select(arn => new JsonObject
        {
            ["ResourceArn"] = arn,
            ["Tags"] = new JsonArray([.. (_tags.Find(arn)?.Tags ?? new Dictionary<string, string>()).Select(t => new JsonObject { ["Key"] = t.Key, ["Value"] = t.Value })]),
        })]),
    };

    private sealed record TagSet(IReadOnlyDictionary<string, string> Tags);
}
