using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Identity;

/// <summary>STS: who am I, and let me be that role.</summary>
internal sealed partial class TokenService
{
    private readonly Identities _identities;

    public TokenService(Identities identities)
    {
        _identities = identities;
        Service = new AwsService("sts", Wire.Query) { XmlNamespace = "https://sts.amazonaws.com/doc/2011-06-15/" }
            .On("GetCallerIdentity", GetCallerIdentity)
            .On("AssumeRole", AssumeRole);
    }

    public AwsService Service { get; }

    private static JsonObject GetCallerIdentity(AwsRequest request) => new()
    {
        ["UserId"] = request.Caller.UserId,
        ["Account"] = request.Caller.AccountId,
        ["Arn"] = request.Caller.Arn,
    };

    private JsonObject AssumeRole(AwsRequest request)
    {
        var role = Required(request, "RoleArn");
        var session = Required(request, "RoleSessionName");
        if (!RoleArn().IsMatch(role))
        {
            throw new AwsException("ValidationError", $"{role} is invalid");
        }

        if (!role.StartsWith($"arn:aws:iam::{Account.Id}:", StringComparison.Ordinal))
        {
            throw new AwsException("AccessDenied", $"User: {request.Caller.Arn} is not authorized to perform: sts:AssumeRole on resource: {role}", 403);
        }

        if (!SessionName().IsMatch(session))
        {
            throw new AwsException("ValidationError", $"1 validation error detected: Value '{session}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*");
        }

        var seconds = request.Body.Int("DurationSeconds") ?? 3600;
        if (seconds is < 900 or > 43200)
        {
            throw new AwsException("ValidationError", $"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: Member must be between 900 and 43200");
        }

        var credentials = _identities.Assume(role, session, TimeSpan.FromSeconds(seconds));
        return new JsonObject
        {
            ["Credentials"] = new JsonObject
            {
                ["AccessKeyId"] = credentials.AccessKeyId,
                ["SecretAccessKey"] = credentials.SecretAccessKey,
                ["SessionToken"] = credentials.SessionToken,
                ["Expiration"] = Time.Iso(credentials.Expires!.Value),
            },
            ["AssumedRoleUser"] = new JsonObject { ["AssumedRoleId"] = credentials.Caller.UserId, ["Arn"] = credentials.Caller.Arn },
        };
    }

    private static string Required(AwsRequest request, string name) => request.Text(name) is { Length: > 0 } value
        ? value
        : throw new AwsException("ValidationError", $"1 validation error detected: Value null at '{char.ToLowerInvariant(name[0])}{name[1..]}' failed to satisfy constraint: Member must not be null");

    [GeneratedRegex(@"^arn:aws:iam::\d{12}:role/[\w+=,.@/-]+\z")]
    private static partial Regex RoleArn();

    [GeneratedRegex(@"^[\w+=,.@-]{2,64}\z")]
    private static partial Regex SessionName();
}
