using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Parameters;

/// <summary>The parameter store of SSM.</summary>
internal sealed class ParameterRoom
{
    public ParameterRoom(Database database, TimeProvider time)
    {
        Store = new ParameterStore(database, time);
        ResourceTypes = [ParameterType.Of(Store)];
        Service = new AwsService("ssm", Wire.Json) { TargetPrefixes = ["AmazonSSM"] }
            .On("PutParameter", PutParameter)
            .On("GetParameter", r => new JsonObject { ["Parameter"] = Value(Store.Get(r.Required("Name")), r) })
            .On("GetParameters", GetParameters)
            .On("GetParametersByPath", GetParametersByPath)
            .On("DescribeParameters", DescribeParameters)
            .On("DeleteParameter", DeleteParameter)
            .On("DeleteParameters", DeleteParameters)
            .On("AddTagsToResource", AddTags)
            .On("RemoveTagsFromResource", RemoveTags)
            .On("ListTagsForResource", ListTags);
    }

    public ParameterStore Store { get; }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    private static JsonObject Value(Parameter parameter, AwsRequest request) => new()
    {
        ["Name"] = parameter.Name,
        ["Type"] = parameter.Type,
        // Without decryption a reader gets something that tells nothing.
        ["Value"] = parameter.Type != "SecureString" || request.Body.Flag("WithDecryption") == true ? parameter.Value : Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(parameter.Value))),
        ["Version"] = parameter.Version,
        ["LastModifiedDate"] = Time.Epoch(parameter.Modified),
        ["ARN"] = parameter.Arn,
        ["DataType"] = "text",
    };

    private static JsonArray Array(IEnumerable<JsonNode> nodes) => new([.. nodes]);

    private JsonObject PutParameter(AwsRequest request)
    {
        if (request.Text("DataType") is { } kind and not "text")
        {
            throw new AwsException("ValidationException", $"The embedded cloud knows parameters of the data type text only, not {kind}.");
        }

        var draft = new Parameter(request.Required("Name"), request.Text("Type") ?? "", request.Required("Value"), 0, default, request.Caller.Arn, request.Region,
            request.Text("Description"), request.Text("AllowedPattern"), TagsOf(request));
        var written = Store.Put(draft, request.Body.Flag("Overwrite") == true);
        return new JsonObject { ["Version"] = written.Version, ["Tier"] = "Standard" };
    }

    private JsonObject GetParameters(AwsRequest request)
    {
        var names = request.Body.Texts("Names").ToLookup(name => Store.Find(name) is not null);
        return new JsonObject
        {
            ["Parameters"] = Array(names[true].Select(name => (JsonNode)Value(Store.Get(name), request))),
            ["InvalidParameters"] = Array(names[false].Select(name => (JsonNode)name)),
        };
    }

    private JsonObject GetParametersByPath(AwsRequest request)
    {
        RefuseFilters(request);
        var path = request.Required("Path").TrimEnd('/') + "/";
        var deep = request.Body.Flag("Recursive") == true;
        return Page(request, 10, "Parameters", p => Value(p, request),
            Store.All.Where(p => p.Name.StartsWith(path, StringComparison.Ordinal) && (deep || p.Name.IndexOf('/', path.Length) < 0)));
    }

    private JsonObject DescribeParameters(AwsRequest request)
    {
        IEnumerable<Parameter> found = Store.All;
        foreach (var filter in request.Body.Objects("ParameterFilters"))
        {
            var values = filter.Texts("Values");
            found = (filter.Text("Key"), filter.Text("Option") ?? "Equals") switch
            {
                ("Name", "Equals") => found.Where(p => values.Contains(p.Name)),
                ("Name", "BeginsWith") => found.Where(p => values.Any(v => p.Name.StartsWith(v, StringComparison.Ordinal))),
                ("Name", "Contains") => found.Where(p => values.Any(v => p.Name.Contains(v, StringComparison.Ordinal))),
                ("Type", "Equals") => found.Where(p => values.Contains(p.Type)),
                var (key, option) => throw new AwsException("InvalidFilterKey", $"The embedded cloud does not filter parameters by {key} with {option}."),
            };
        }

        return Page(request, 50, "Parameters", p =>
        {
            var answer = new JsonObject
            {
                ["Name"] = p.Name, ["ARN"] = p.Arn, ["Type"] = p.Type, ["LastModifiedDate"] = Time.Epoch(p.Modified), ["LastModifiedUser"] = p.ModifiedBy,
                ["Version"] = p.Version, ["Tier"] = "Standard", ["Policies"] = new JsonArray(), ["DataType"] = "text",
            };
            if (p.Description is not null)
            {
                answer["Description"] = p.Description;
            }

            return answer;
        }, found);
    }

    private static void RefuseFilters(AwsRequest request)
    {
        if (request.Body.Objects("ParameterFilters").Count > 0)
        {
            throw new AwsException("InvalidFilterKey", "The embedded cloud does not filter parameters by path.");
        }
    }

    private static JsonObject Page(AwsRequest request, int usual, string name, Func<Parameter, JsonObject> describe, IEnumerable<Parameter> found)
    {
        var after = request.Text("NextToken") ?? "";
        var size = request.Body.Int("MaxResults") ?? usual;
        var page = found.Where(p => string.CompareOrdinal(p.Name, after) > 0).Take(size + 1).ToList();
        var answer = new JsonObject { [name] = Array(page.Take(size).Select(p => (JsonNode)describe(p))) };
        if (page.Count > size)
        {
            answer["NextToken"] = page[size - 1].Name;
        }

        return answer;
    }

    private JsonObject DeleteParameter(AwsRequest request)
    {
        Store.Delete(Store.Get(request.Required("Name")).Name);
        return [];
    }

    private JsonObject DeleteParameters(AwsRequest request)
    {
        var names = request.Body.Texts("Names").ToLookup(Store.Delete);
        return new JsonObject { ["DeletedParameters"] = Array(names[true].Select(n => (JsonNode)n)), ["InvalidParameters"] = Array(names[false].Select(n => (JsonNode)n)) };
    }

    private static Dictionary<string, string> TagsOf(AwsRequest request) => request.Body.Objects("Tags").ToDictionary(t => t.Text("Key") ?? "", t => t.Text("Value") ?? "");

    private static string Tagged(AwsRequest request) => request.Text("ResourceType") == "Parameter"
        ? request.Required("ResourceId")
        : throw new AwsException("InvalidResourceType", $"The embedded cloud has no tags of the resource type '{request.Text("ResourceType")}'.");

    private JsonObject AddTags(AwsRequest request)
    {
        var tags = TagsOf(request);
        Store.Tag(Tagged(request), old => old.Where(t => !tags.ContainsKey(t.Key)).Concat(tags).ToDictionary());
        return [];
    }

    private JsonObject RemoveTags(AwsRequest request)
    {
        var keys = request.Body.Texts("TagKeys");
        Store.Tag(Tagged(request), old => old.Where(t => !keys.Contains(t.Key)).ToDictionary());
        return [];
    }

    private JsonObject ListTags(AwsRequest request) =>
        new() { ["TagList"] = Array(Store.Get(Tagged(request)).Tags.Select(t => (JsonNode)new JsonObject { ["Key"] = t.Key, ["Value"] = t.Value })) };
}
