using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace StandIns.Aws;

/// <summary>All that differs between two services.</summary>
/// <param name="ServiceId">as in AWS_ENDPOINT_URL_&lt;SERVICE&gt;</param>
/// <param name="RequestNamespace">what the runtime calls the service</param>
public sealed record ServiceDescription(string ServiceId, string RequestNamespace) : IServiceMetadata
{
    public required string SigningName { get; init; }

    public required string EndpointPrefix { get; init; }

    public required string ApiVersion { get; init; }

    /// <summary>Host of the partition aws where the service has only one for all regions; its requests are signed for us-east-1.</summary>
    public string? GlobalEndpoint { get; init; }

    public required Wire Wire { get; init; }

    /// <summary>The exception for an error code.</summary>
    public required Func<string?, ErrorResponse, AmazonServiceException> Error { get; init; }

    public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
}
