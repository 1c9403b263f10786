using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Iam;

/// <summary>One identity or policy as it was described. The embedded cloud checks who calls, not what a role may do.</summary>
internal sealed record IamThing(string Name, string Kind, string Id, string Path, DateTimeOffset Created, JsonObject Properties)
{
    public string Arn(string account) => $"arn:aws:iam::{account}:{Kind}{Path}{Name}";
}

/// <summary>Roles, policies and instance profiles that templates describe.</summary>
internal sealed class IamRoom
{
    private readonly Table<IamThing> _things;
    private readonly TimeProvider _time;

    public IamRoom(Database database, TimeProvider time)
    {
        _things = database.Table<IamThing>("iam/things");
        _time = time;
        ResourceTypes =
        [
            Type("Role", "role", "RoleName! AssumeRolePolicyDocument(*) ManagedPolicyArns Policies(PolicyName PolicyDocument(*)) Path! Description MaxSessionDuration PermissionsBoundary Tags(Key Value)", "AssumeRolePolicyDocument", "Arn RoleId"),
            Type("Policy", "policy", "PolicyName! PolicyDocument(*) Roles Users Groups", "PolicyName PolicyDocument", "Id"),
            Type("ManagedPolicy", "policy", "ManagedPolicyName! PolicyDocument(*) Description! Path! Roles Users Groups", "PolicyDocument", "PolicyArn"),
            Type("InstanceProfile", "instance-profile", "InstanceProfileName! Roles Path!", "Roles", "Arn"),
        ];
        Service = new AwsService("iam", Wire.Query) { XmlNamespace = "https://iam.amazonaws.com/doc/2010-05-08/" }
            .On("GetRole", GetRole);
    }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    private ResourceType Type(string name, string kind, string properties, string required, string attributes) => new($"AWS::IAM::{name}")
    {
        Properties = properties,
        Required = required,
        Attributes = attributes,
        Create = request =>
        {
            var own = request.Properties.Text(name == "Policy" ? "PolicyName" : $"{name}Name") ?? request.GeneratedName();
            // An inline policy is part of its role: its name is only its own within the stack.
            var key = name == "Policy" ? $"inline/{request.Stack.Name}/{request.LogicalId}" : $"{kind}/{own}";
            return _things.Find(key) is null || name == "Policy"
                ? Task.FromResult(Put(request, name, kind, key, own))
                : throw new AwsException("EntityAlreadyExists", $"{name} with name {own} already exists.", 409);
        },
        Update = request => Task.FromResult(Put(request, name, kind, Key(request, name, kind), Name(request, name))),
        Delete = request =>
        {
            _things.Remove(Key(request, name, kind));
            return Task.CompletedTask;
        },
    };

    private static string Key(ResourceRequest request, string type, string kind) => type == "Policy" ? $"inline/{request.Stack.Name}/{request.LogicalId}" : $"{kind}/{Name(request, type)}";

    private static string Name(ResourceRequest request, string type) => type == "ManagedPolicy" ? request.PhysicalId.Split('/')[^1] : request.PhysicalId;

    private Resource Put(ResourceRequest request, string type, string kind, string key, string name)
    {
        foreach (var document in Documents(request.Properties))
        {
            if (document["Statement"] is not (JsonArray { Count: > 0 } or JsonObject))
            {
                throw new AwsException("MalformedPolicyDocument", "Syntax errors in policy: a Statement is missing.");
            }
        }

        foreach (var role in request.Properties.Texts("Roles").Where(role => _things.Find($"role/{role}") is null))
        {
            throw new AwsException("NoSuchEntity", $"The role with name {role} cannot be found.", 404);
        }

        var id = _things.Find(key)?.Id ?? $"{(kind == "role" ? "AROA" : "ANPA")}{Convert.ToHexString(Guid.NewGuid().ToByteArray())[..17]}";
        var thing = new IamThing(name, kind, id, request.Properties.Text("Path") ?? "/", _things.Find(key)?.Created ?? _time.GetUtcNow(), request.Properties);
        _things.Put(key, thing);
        var arn = thing.Arn(request.Stack.AccountId);
        return type switch
        {
            "Policy" => new Resource(name, new Dictionary<string, string> { ["Id"] = name }),
            "ManagedPolicy" => new Resource(arn, new Dictionary<string, string> { ["PolicyArn"] = arn }),
            _ => new Resource(name, new Dictionary<string, string> { ["Arn"] = arn, ["RoleId"] = id }),
        };
    }

    private static IEnumerable<JsonObject> Documents(JsonObject properties) =>
        new[] { properties.Object("AssumeRolePolicyDocument"), properties.Object("PolicyDocument") }
            .Concat(properties.Objects("Policies").Select(policy => policy.Object("PolicyDocument")))
            .OfType<JsonObject>();

    private JsonObject GetRole(AwsRequest request)
    {
        var name = request.Required("RoleName");
        var role = _things.Find($"role/{name}") ?? throw new AwsException("NoSuchEntity", $"The role with name {name} cannot be found.", 404);
        return new JsonObject
        {
            ["Role"] = new JsonObject
            {
                ["Path"] = role.Path,
                ["RoleName"] = role.Name,
                ["RoleId"] = role.Id,
                ["Arn"] = role.Arn(request.Caller.AccountId),
                ["CreateDate"] = Time.Iso(role.Created),
                ["AssumeRolePolicyDocument"] = WebUtility.UrlEncode(role.Properties["AssumeRolePolicyDocument"]!.ToJsonString(JsonSerializerOptions.Web)),
                ["MaxSessionDuration"] = role.Properties.Int("MaxSessionDuration") ?? 3600,
            },
        };
    }
}
