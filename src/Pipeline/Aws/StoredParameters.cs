using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;

namespace Pipeline.Aws;

/// <summary>A parameter of SSM.</summary>
/// <param name="Name">with its path</param>
/// <param name="Type"><c>String</c>, <c>StringList</c> or <c>SecureString</c></param>
/// <param name="Version">counts up with every change</param>
/// <param name="Value">only of type <c>String</c>, else <c>null</c></param>
public sealed record StoredParameter(string Name, string Type, long Version, string? Value);

/// <summary>SSM: parameters that are no secrets.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>.</remarks>
public sealed class StoredParameters(AwsConnection aws)
{
    private const int MostAtOnce = 10;

    /// <summary>Some parameters; those that SSM does not have are missing.</summary>
    /// <param name="names">with their paths</param>
    public async Task<IReadOnlyList<StoredParameter>> Read(IEnumerable<string> names, CancellationToken cancel)
    {
        var found = new List<StoredParameter>();
        foreach (var some in names.Distinct(StringComparer.Ordinal).Chunk(MostAtOnce))
        {
            var answer = await aws.AskRepeatedly("read parameters", () => aws.Parameters.GetParametersAsync(new GetParametersRequest { Names = [.. some] }, cancel), cancel).ConfigureAwait(false);
            found.AddRange((answer.Parameters ?? []).Select(p => new StoredParameter(p.Name, p.Type.Value, p.Version ?? 0, p.Type == ParameterType.String ? p.Value : null)));
        }

        return found;
    }

    /// <summary>Writes a parameter of type <c>String</c>; what it was stays as an older version.</summary>
    /// <returns>its new version</returns>
    public async Task<long> Write(string name, string value, CancellationToken cancel) =>
        (await aws.Ask(
            $"write parameter '{name}'",
            () => aws.Parameters.PutParameterAsync(new PutParameterRequest { Name = name, Value = value, Type = ParameterType.String, Overwrite = true }, cancel),
            cancel).ConfigureAwait(false)).Version ?? 0;
}
