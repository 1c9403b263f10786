using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.Contracts;

/// <summary>Calls a room's operation without a connection; the answer is written as its wire does and held against the public model.</summary>
internal static class CheckedCalls
{
    private static readonly Caller Developer = new("123456789012", "arn:aws:iam::123456789012:user/developer", "AIDADEVELOPER");

    public static Task<JsonObject> Call(AwsService service, string operation, JsonObject members) => Call(service, operation, members, CheckedCloud.Check);

    public static async Task<JsonObject> Call(AwsService service, string operation, JsonObject members, Action<Answered> check)
    {
        try
        {
            var result = await service.Operations[operation](new AwsRequest(operation, members, Developer, "eu-central-1", CancellationToken.None));
            check(new Answered(service, operation, service.Wire == Wire.Json ? JsonWire.Result(result) : QueryWire.Result(service, operation, result, "id"), null));
            return result;
        }
        catch (AwsException refusal)
        {
            check(new Answered(service, operation, null, refusal));
            throw;
        }
    }
}
