using Amazon.CloudFormation.Model;

namespace Pipeline.Aws;

/// <summary>CloudFormation: what stacks export.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>.</remarks>
public sealed class StackExports(AwsConnection aws)
{
    /// <summary>Name → value, of every stack in the region.</summary>
    public async Task<IReadOnlyDictionary<string, string>> All(CancellationToken cancel)
    {
        var exports = await aws.AskAll(
            "list the exports of stacks",
            token => aws.CloudFormation.ListExportsAsync(new ListExportsRequest { NextToken = token }, cancel),
            page => (page.Exports, page.NextToken),
            cancel).ConfigureAwait(false);
        return exports.ToDictionary(e => e.Name, e => e.Value ?? "", StringComparer.Ordinal);
    }
}
