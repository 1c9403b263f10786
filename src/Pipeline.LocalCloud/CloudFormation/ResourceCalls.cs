using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation;

/// <summary>For resource types that act through their room's own operations.</summary>
internal static class ResourceCalls
{
    public static AwsRequest Call(this ResourceRequest request, string operation, JsonObject body) =>
        new(operation, body, new Caller(request.Stack.AccountId, $"arn:aws:iam::{request.Stack.AccountId}:root", request.Stack.AccountId), request.Stack.Region, request.Cancel);

    /// <summary>An operation's refusal becomes the reason of the resource's event.</summary>
    public static async Task<T> Refusals<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (AwsException refusal)
        {
            throw new ResourceFailure($"Resource handler returned message: \"{refusal.Message}\" (HandlerErrorCode: {HandlerCode(refusal)})");
        }
    }

    private static string HandlerCode(AwsException refusal) => refusal.Code switch
    {
        var code when code.Contains("NotFound", StringComparison.Ordinal) => "NotFound",
        var code when code.Contains("AlreadyExists", StringComparison.Ordinal) || code.StartsWith("Duplicate", StringComparison.Ordinal) => "AlreadyExists",
        _ => "InvalidRequest",
    };
}
