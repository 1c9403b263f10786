using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Iam;

/// <summary>One identity or policy as it was described. The embedded cloud checks who calls, not what the caller may do; what a role may do it answers when asked.</summary>
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
            Type("Policy", "inline-policy", "PolicyName! PolicyDocument(*) Roles Users Groups", "PolicyName PolicyDocument", "Id"),
            Type("ManagedPolicy", "policy", "ManagedPolicyName! PolicyDocument(*) Description! Path! Roles Users Groups", "PolicyDocument", "PolicyArn"),
            Type("InstanceProfile", "instance-profile", "InstanceProfileName! Roles Path!", "Roles", "Arn"),
            IdentityProvider(),
        ];
        var simulator = new PolicySimulator(PoliciesOf);
        Service = new AwsService("iam", Wire.Query) { XmlNamespace = "https://iam.amazonaws.com/doc/2010-05-08/" }
            .On("GetRole", GetRole)
            .On("GetOpenIDConnectProvider", GetIdentityProvider)
            .On("SimulatePrincipalPolicy", simulator.OfPrincipal)
            .On("SimulateCustomPolicy", PolicySimulator.OfPolicies);
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

    /// <summary>What speaks for a role: written into it, put on it, or attached to it.</summary>
    private IReadOnlyList<AttachedPolicy>? PoliciesOf(string name)
    {
        if (_things.Find($"role/{name}") is not { } role)
        {
            return null;
        }

        var written = role.Properties.Objects("Policies").Select(p => new AttachedPolicy(p.Text("PolicyName") ?? "", p.Object("PolicyDocument") ?? [], "role"));
        var on = _things.All.Where(t => t.Kind is "inline-policy" or "policy" && t.Properties.Texts("Roles").Contains(name));
        var attached = role.Properties.Texts("ManagedPolicyArns").Select(arn => arn.Contains(":iam::aws:", StringComparison.Ordinal)
            ? AwsManagedPolicies.Get(arn)
            : Policy(_things.Find($"policy/{arn.Split('/')[^1]}") ?? throw new AwsException("NoSuchEntity", $"Policy {arn} does not exist or is not attachable.", 404)));
        return [.. written, .. on.Select(Policy), .. attached];
    }

    private static AttachedPolicy Policy(IamThing policy) => new(policy.Name, policy.Properties.Object("PolicyDocument") ?? [], policy.Kind == "policy" ? "user-managed" : "role");

    /// <summary>Who else may say who somebody is. Its tokens are not taken here: no issuer calls a machine's loopback.</summary>
    private ResourceType IdentityProvider() => new("AWS::IAM::OIDCProvider")
    {
        Properties = "Url! ClientIdList ThumbprintList Tags(Key Value)",
        Required = "Url",
        Attributes = "Arn",
        Create = request => _things.Find(ProviderKey(request.Properties)) is null
            ? Task.FromResult(PutProvider(request))
            : throw new AwsException("EntityAlreadyExists", $"Provider with url {request.Properties.Text("Url")} already exists.", 409),
        Update = request => Task.FromResult(PutProvider(request)),
        Delete = request =>
        {
            _things.Remove(ProviderKey(request.Properties));
            return Task.CompletedTask;
        },
    };

    private static string ProviderKey(JsonObject properties) => $"oidc-provider/{Host(properties)}";

    private static string Host(JsonObject properties) => (properties.Text("Url") ?? "").Replace("https://", "", StringComparison.Ordinal);

    private Resource PutProvider(ResourceRequest request)
    {
        var thing = new IamThing(Host(request.Properties), "oidc-provider", "", "/", _time.GetUtcNow(), request.Properties);
        _things.Put(ProviderKey(request.Properties), thing);
        return new Resource(thing.Arn(request.Stack.AccountId), new Dictionary<string, string> { ["Arn"] = thing.Arn(request.Stack.AccountId) });
    }

    private JsonObject GetIdentityProvider(AwsRequest request)
    {
        var arn = request.Required("OpenIDConnectProviderArn");
        var provider = arn.Split(":oidc-provider/") is [_, var host] ? _things.Find($"oidc-provider/{host}") : null;
        return provider is null
            ? throw new AwsException("NoSuchEntity", $"OpenIDConnect Provider not found for arn {arn}", 404)
            : new JsonObject
            {
                ["Url"] = provider.Name,
                ["ClientIDList"] = provider.Properties["ClientIdList"]?.DeepClone(),
                ["ThumbprintList"] = provider.Properties["ThumbprintList"]?.DeepClone(),
                ["CreateDate"] = Time.Iso(provider.Created),
            };
    }

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

        if (type == "Role" && request.AllTags().GroupBy(t => t.Key, StringComparer.OrdinalIgnoreCase).Any(same => same.Count() > 1))
        {
            throw new AwsException("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
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
