using System.Net.Sockets;
using Amazon.Runtime;
using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>What the clients throw, as sentences for a person.</summary>
internal static class AwsErrors
{
    private static readonly HashSet<string> CredentialCodes = new(StringComparer.Ordinal)
    {
        "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "InvalidAccessKeyId", "SignatureDoesNotMatch", "UnrecognizedClientException", "InvalidSignatureException", "IncompleteSignature", "RequestExpired",
    };

    private static readonly HashSet<string> ThrottlingCodes = new(StringComparer.Ordinal)
    {
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown", "PriorRequestNotComplete",
    };

    /// <summary>Runs one call.</summary>
    /// <param name="what">a verb and its object: <c>describe stack 'x'</c></param>
    public static async Task<T> Ask<T>(this AwsConnection aws, string what, Func<Task<T>> call, CancellationToken cancel)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && Explain(aws, what, e) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>Every page of a call that changes nothing; the request's token is set between them.</summary>
    public static async Task<IReadOnlyList<TItem>> AskAll<TResponse, TItem>(
        this AwsConnection aws, string what, Func<string?, Task<TResponse>> page, Func<TResponse, (IReadOnlyList<TItem>? Items, string? Next)> read, CancellationToken cancel)
    {
        var all = new List<TItem>();
        string? token = null;
        do
        {
            var at = token;
            var (items, next) = read(await aws.AskRepeatedly(what, () => page(at), cancel).ConfigureAwait(false));
            all.AddRange(items ?? []);
            token = next;
        }
        while (!string.IsNullOrEmpty(token));
        return all;
    }

    /// <summary>Null: not a matter of AWS, a fault of ours.</summary>
    public static PipelineException? Explain(AwsConnection aws, string what, Exception error) => error switch
    {
        PipelineException => null,
        _ when NetworkFailure(error) is { } why => Unreachable(aws, what, why, nobodyListens: aws.Endpoint is not null && IsRefusedConnection(error)),
        OperationCanceledException => Unreachable(aws, what, "no answer in time"),
        AmazonServiceException refused when refused.ErrorCode is not null && CredentialCodes.Contains(refused.ErrorCode) => new AwsRefusedException(
            $"{Capitalised(aws.Place)} does not accept the credentials: {Sentence(refused.Message)}",
            refused.ErrorCode,
            new Detail("why", $"asked to {what} ({refused.ErrorCode})"),
            new Detail("next", aws.Endpoint is null ? "eval \"$(aws configure export-credentials --format env)\"" : "./build.sh --target=StopCloud, then the same command again"))
        {
            Kind = RefusalKind.Credentials,
        },
        AmazonServiceException refused => new AwsRefusedException(
            $"{ServiceOf(refused)} refused to {what}: {Sentence(refused.Message)}",
            refused.ErrorCode ?? refused.StatusCode.ToString(),
            new Detail("why", $"{refused.ErrorCode ?? refused.StatusCode.ToString()}, request {refused.RequestId ?? "without an id"}"),
            new Detail("next", "./build.sh --target=Diagnose"))
        {
            Kind = ThrottlingCodes.Contains(refused.ErrorCode ?? "") ? RefusalKind.Throttled : (int)refused.StatusCode >= 500 ? RefusalKind.Fault : RefusalKind.Denied,
        },
        AmazonClientException client when client.Message.Contains("credential", StringComparison.OrdinalIgnoreCase) => AwsCredentialChain.Missing(client.Message),
        // The client gave up before it asked, e.g. after it was throttled too often.
        AmazonClientException client => Unreachable(aws, what, client.Message),
        _ => null,
    };

    private static AwsUnreachableException Unreachable(AwsConnection aws, string what, string why, bool nobodyListens = false) => new(
        $"Cannot {what}: {aws.Place} does not answer.",
        new Detail("why", why),
        new Detail("next", aws.Endpoint is null ? "check the network, then run the same command again" : "./build.sh --target=StartCloud"))
    {
        NobodyListens = nobodyListens,
    };

    private static bool IsRefusedConnection(Exception? error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The clients hand a broken connection through, alone or inside an exception of theirs.</summary>
    private static string? NetworkFailure(Exception? error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is AmazonServiceException { ErrorCode.Length: > 0 })
            {
                return null;
            }

            if (e is SocketException or HttpRequestException { StatusCode: null } or IOException)
            {
                return e.InnerException is SocketException inner ? inner.Message : e.Message;
            }
        }

        return null;
    }

    private static string ServiceOf(AmazonServiceException refused) => refused.GetType().Namespace?.Split('.') switch
    {
        ["Amazon", "Runtime", ..] or null => "AWS",
        ["Amazon", "ElasticLoadBalancingV2", ..] => "Elastic Load Balancing",
        ["Amazon", "CloudWatchLogs", ..] => "CloudWatch Logs",
        ["Amazon", "SecretsManager", ..] => "Secrets Manager",
        ["Amazon", "SecurityToken", ..] => "STS",
        ["Amazon", "IdentityManagement", ..] => "IAM",
        ["Amazon", "ApplicationAutoScaling", ..] => "Application Auto Scaling",
        ["Amazon", "SimpleNotificationService", ..] => "SNS",
        ["Amazon", "SimpleSystemsManagement", ..] => "SSM",
        ["Amazon", var service, ..] => service,
        _ => "AWS",
    };

    private static string Capitalised(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Sentence(string message) => message.TrimEnd().EndsWith('.') ? message.TrimEnd() : message.TrimEnd() + ".";
}
