using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Operations on clusters.</summary>
internal sealed class ClusterOperations(EcsStore store)
{
    public void AddTo(AwsService service) => service
        .On("CreateCluster", request => new() { ["cluster"] = Describe(Create(request)) })
        .On("DescribeClusters", DescribeClusters)
        .On("ListClusters", request => Paging.Page([.. store.Clusters.All.Where(c => c.Status == "ACTIVE").Select(c => c.Arn).Order(StringComparer.Ordinal)], request.Body, "clusterArns", 100))
        .On("PutClusterCapacityProviders", PutCapacityProviders)
        .On("DeleteCluster", request => new() { ["cluster"] = Describe(Delete(store.Cluster(request.Required("cluster")))) });

    public ClusterRecord Create(AwsRequest request)
    {
        var name = request.Text("clusterName") ?? "default";
        if (store.FindCluster(name) is { } existing)
        {
            return existing;
        }

        var cluster = With(new ClusterRecord(name, request.Arn("ecs", $"cluster/{name}"), "ACTIVE", Tags.Read(request.Body)), request.Body);
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
            ["clusters"] = new JsonArray([.. found.Where(f => f.Cluster is not null).Select(f => Describe(f.Cluster!, Tags.Asked(request)))]),
            ["failures"] = new JsonArray([.. found.Where(f => f.Cluster is null).Select(f => new JsonObject { ["arn"] = f.Name.Contains(':', StringComparison.Ordinal) ? f.Name : request.Arn("ecs", $"cluster/{f.Name}"), ["reason"] = "MISSING" })]),
        };
    }

    private JsonObject PutCapacityProviders(AwsRequest request)
    {
        var cluster = With(store.Cluster(request.Required("cluster")), request.Body);
        store.Clusters.Put(cluster.Arn, cluster);
        return new() { ["cluster"] = Describe(cluster) };
    }

    public static ClusterRecord With(ClusterRecord cluster, JsonObject members)
    {
        var providers = CapacityProviders.Known(members.Texts("capacityProviders"));
        var strategy = members.Objects("defaultCapacityProviderStrategy");
        CapacityProviders.Known([.. strategy.Select(entry => entry.Text("capacityProvider") ?? "")]);
        return cluster with { CapacityProviders = providers, DefaultStrategy = new JsonArray([.. strategy.Select(entry => entry.DeepClone())]).ToJsonString() };
    }

    private JsonObject Describe(ClusterRecord cluster, bool withTags = true)
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
            ["tags"] = withTags ? Tags.Write(cluster.Tags) : null,
            ["settings"] = new JsonArray(new JsonObject { ["name"] = "containerInsights", ["value"] = "disabled" }),
            ["capacityProviders"] = new JsonArray([.. cluster.CapacityProviders.Select(p => JsonValue.Create(p))]),
            ["defaultCapacityProviderStrategy"] = JsonNode.Parse(cluster.DefaultStrategy),
        };
    }
}
