using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Iam;

/// <summary>IAM: people and their long-lived keys. Only the developer may change them: a person with another's key would be that other.</summary>
internal sealed class UserOperations(Identities identities)
{
    private static readonly string[] NotKept = ["PermissionsBoundary", "Tags"];

    public void AddTo(AwsService service) => service
        .On("CreateUser", Create)
        .On("GetUser", Get)
        .On("ListUsers", List)
        .On("DeleteUser", Delete)
        .On("CreateAccessKey", CreateKey)
        .On("ListAccessKeys", ListKeys)
        .On("DeleteAccessKey", DeleteKey);

    private JsonObject Create(AwsRequest request)
    {
        Demand(request, "iam:CreateUser");
        foreach (var unknown in NotKept.Where(name => request.Body[name] is not null))
        {
            throw new AwsException("InvalidInput", $"The embedded cloud has no users with {unknown}.");
        }

        return request.Text("Path") is null or "/"
            ? new JsonObject { ["User"] = Shown(identities.Create(request.Required("UserName"))) }
            : throw new AwsException("InvalidInput", "The embedded cloud has no users with a path.");
    }

    private JsonObject Get(AwsRequest request) => new() { ["User"] = Shown(identities.Get(NameOf(request))) };

    private JsonObject List(AwsRequest request) => new()
    {
        ["Users"] = new JsonArray([.. identities.Users.OrderBy(u => u.Name, StringComparer.Ordinal).Select(Shown)]),
        ["IsTruncated"] = false,
    };

    private JsonObject Delete(AwsRequest request)
    {
        Demand(request, "iam:DeleteUser");
        identities.Delete(request.Required("UserName"));
        return [];
    }

    private JsonObject CreateKey(AwsRequest request)
    {
        Demand(request, "iam:CreateAccessKey");
        var name = NameOf(request);
        var key = identities.AddKey(name);
        return new JsonObject
        {
            ["AccessKey"] = new JsonObject
            {
                ["UserName"] = identities.Get(name).Name,
                ["AccessKeyId"] = key.Id,
                ["Status"] = "Active",
                ["SecretAccessKey"] = key.Secret,
                ["CreateDate"] = Time.Iso(key.Created),
            },
        };
    }

    private JsonObject ListKeys(AwsRequest request)
    {
        var user = identities.Get(NameOf(request));
        return new JsonObject
        {
            ["AccessKeyMetadata"] = new JsonArray([.. user.Keys.Select(key => new JsonObject
            {
                ["UserName"] = user.Name, ["AccessKeyId"] = key.Id, ["Status"] = "Active", ["CreateDate"] = Time.Iso(key.Created),
            })]),
            ["IsTruncated"] = false,
        };
    }

    private JsonObject DeleteKey(AwsRequest request)
    {
        Demand(request, "iam:DeleteAccessKey");
        identities.RemoveKey(NameOf(request), request.Required("AccessKeyId"));
        return [];
    }

    /// <summary>Without a name the caller means himself.</summary>
    private static string NameOf(AwsRequest request) => request.Text("UserName") ?? request.Caller.Arn.Split('/')[^1];

    private static void Demand(AwsRequest request, string action)
    {
        if (request.Caller.Arn != $"arn:aws:iam::{Account.Id}:user/{Account.Developer}")
        {
            throw new AwsException("AccessDenied", $"User: {request.Caller.Arn} is not authorized to perform: {action} because no identity-based policy allows the {action} action", 403);
        }
    }

    private static JsonObject Shown(User user) => new()
    {
        ["Path"] = "/",
        ["UserName"] = user.Name,
        ["UserId"] = user.Caller.UserId,
        ["Arn"] = user.Caller.Arn,
        ["CreateDate"] = Time.Iso(user.Created),
    };
}
