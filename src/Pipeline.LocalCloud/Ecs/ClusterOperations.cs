using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Operations on clusters and on the tags of everything.</summary>
internal sealed class ClusterOperations(EcsStore store)
{
    public void AddTo(AwsService service) => service
        .On("CreateCluster", request => new() { ["cluster"] = Describe(Create(request)) })
        .On("DescribeClusters", DescribeClusters)
        .On("ListClusters", _ => new() { ["clusterArns"] = new JsonArray([.. store.Clusters.All.Where(c => c.Status == "ACTIVE").Select(c => c.Arn).Order().Select(a => JsonValue.Create(a))]) })
        .On("DeleteCluster", request => new() { ["cluster"] = Describe(Delete(store.Cluster(request.Required("cluster")))) })
        .On("ListTagsForResource", request => new() { ["tags"] = Tags.Write(Find(request.Required("resourceArn"))) })
        .On("TagResource", request => { Set(request.Required("resourceArn"), Tags.Merge(Find(request.Required("resourceArn")), request.Body)); return []; })
        .On("UntagResource", UntagResource);

    public ClusterRecord Create(AwsRequest request)
    {
        var name = request.Text("clusterName") ?? "default";
        if (store.FindCluster(name) is { } existing)
        {
            return existing;
        }

        if (request.Body.Texts("capacityProviders").Any(p => p is not ("FARGATE" or "FARGATE_SPOT")))
        {
            throw new AwsException("InvalidParameterException", "The embedded cloud knows the capacity providers FARGATE and FARGATE_SPOT only.");
        }

        var cluster = new ClusterRecord(name, request.Arn("ecs", $"cluster/{name}"), "ACTIVE", Tags.Read(request.Body));
        store.Clusters.Put(cluster.Arn, cluster);
        return cluster;
    }

    public ClusterRecord Delete(ClusterRecord cluster)
    {
        if (store.Services.All.Any(s => s.Cluster == cluster.Arn && s.Status != "INACTIVE"))
        {
            throw new AwsException("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");
        }

        if (store.Tasks.All.Any(t => t.Cluster == cluster.Arn && t.LastStatus != "STOPPED"))
        {
            throw new AwsException("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");
        }

        store.Clusters.Remove(cluster.Arn);
        return cluster with { Status = "INACTIVE" };
    }

    private JsonObject DescribeClusters(AwsRequest request)
    {
        var names = request.Body.Texts("clusters") is { Count: > 0 } given ? given : ["default"];
        var found = names.Select(n => (Name: n, Cluster: store.FindCluster(n))).ToList();
        return new()
        {
            ["clusters"] = new JsonArray([.. found.Where(f => f.Cluster is not null).Select(f => Describe(f.Cluster!))]),
            ["failures"] = new JsonArray([.. found.Where(f => f.Cluster is null).Select(f => new JsonObject { ["arn"] = f.Name.Contains(':', StringComparison.Ordinal) ? f.Name : request.Arn("ecs", $"cluster/{f.Name}"), ["reason"] = "MISSING" })]),
        };
    }

    private JsonObject UntagResource(AwsRequest request)
    {
        var arn = request.Required("resourceArn");
        var keys = request.Body.Texts("tagKeys");
        Set(arn, Find(arn).Where(t => !keys.Contains(t.Key)).ToDictionary());
        return [];
    }

    private IReadOnlyDictionary<string, string> Find(string arn) =>
        store.Clusters.Find(arn)?.Tags ?? store.Services.Find(arn)?.Tags ?? store.Definitions.Find(arn)?.Tags ?? store.Tasks.Find(arn)?.Tags
        ?? throw new AwsException("InvalidParameterException", "The specified resource was not found.");

    private void Set(string arn, IReadOnlyDictionary<string, string> tags)
    {
        if (store.Clusters.Find(arn) is { } cluster)
        {
            store.Clusters.Put(arn, cluster with { Tags = tags });
        }
        else if (store.Definitions.Find(arn) is { } definition)
        {
            store.Definitions.Put(arn, definition with { Tags = tags });
        }
        else
        {
            throw new AwsException("InvalidParameterException", "On the embedded cloud, tags of services and tasks are set when they are created.");
        }
    }

    private JsonObject Describe(ClusterRecord cluster)
    {
        var tasks = store.Tasks.All.Where(t => t.Cluster == cluster.Arn).ToList();
        return new()
        {
            ["clusterArn"] = cluster.Arn,
            ["clusterName"] = cluster.Name,
            ["status"] = cluster.Status,
            ["registeredContainerInstancesCount"] = 0,
            ["runningTasksCount"] = tasks.Count(t => t.LastStatus == "RUNNING"),
            ["pendingTasksCount"] = tasks.Count(t => t.LastStatus is "PROVISIONING" or "PENDING" or "ACTIVATING"),
            ["activeServicesCount"] = store.Services.All.Count(s => s.Cluster == cluster.Arn && s.Status == "ACTIVE"),
            ["statistics"] = new JsonArray(),
            ["tags"] = Tags.Write(cluster.Tags),
            ["settings"] = new JsonArray(new JsonObject { ["name"] = "containerInsights", ["value"] = "disabled" }),
            ["capacityProviders"] = new JsonArray("FARGATE", "FARGATE_SPOT"),
            ["defaultCapacityProviderStrategy"] = new JsonArray(),
        };
    }
}
