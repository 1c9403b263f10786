using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Operations on the tags of everything that ECS keeps.</summary>
internal sealed class TagOperations(EcsStore store, ServiceSchedulers schedulers, TaskPool pool)
{
    public void AddTo(AwsService service) => service
        .On("ListTagsForResource", request => new() { ["tags"] = Tags.Write(Find(request.Required("resourceArn"))) })
        .On("TagResource", request => Change(request, tags => Tags.Merge(tags, request.Body)))
        .On("UntagResource", request => Change(request, tags => tags.Where(tag => !request.Body.Texts("tagKeys").Contains(tag.Key)).ToDictionary()));

    private JsonObject Change(AwsRequest request, Func<IReadOnlyDictionary<string, string>, Dictionary<string, string>> change)
    {
        var arn = request.Required("resourceArn");
        var tags = change(Find(arn));
        if (store.Clusters.Find(arn) is { } cluster)
        {
            store.Clusters.Put(arn, cluster with { Tags = tags });
        }
        else if (store.Definitions.Find(arn) is { } definition)
        {
            store.Definitions.Put(arn, definition with { Tags = tags });
        }
        else if (store.Services.Find(arn) is not null)
        {
            schedulers.Get(arn).Change(service => service with { Tags = tags });
        }
        else if (pool.Find(arn) is { } running)
        {
            running.Tag(tags);
        }
        else
        {
            store.Tasks.Put(arn, store.Tasks.Find(arn)! with { Tags = tags });
        }

        return [];
    }

    private IReadOnlyDictionary<string, string> Find(string arn) =>
        store.Clusters.Find(arn)?.Tags ?? (store.Services.Find(arn) is { Status: not "INACTIVE" } service ? service.Tags : null) ?? store.Definitions.Find(arn)?.Tags ?? store.Tasks.Find(arn)?.Tags
        ?? throw new AwsException("InvalidParameterException", "The specified resource was not found.");
}
