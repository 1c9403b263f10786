using System.Text.Json;
using Amazon.SecretsManager.Model;
using Amazon.SimpleSystemsManagement.Model;
using Pipeline.Processes;

namespace Pipeline.Aws;

/// <summary>A secret, without its value.</summary>
/// <param name="Arn">with the random end</param>
/// <param name="Deleted">it is marked for deletion</param>
/// <param name="Tags">key → value</param>
public sealed record SecretState(string Arn, bool Deleted, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Version id → its stages, e.g. <c>AWSCURRENT</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Versions { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}

/// <summary>Secrets Manager and SSM: whether what a task definition names is there, and what receivers of notifications need. Values are never kept or shown.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>.</remarks>
public sealed class StoredSecrets(AwsConnection aws)
{
    /// <summary>The secret; <c>null</c>: there is none.</summary>
    /// <param name="id">name or ARN</param>
    public async Task<SecretState?> Find(string id, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.Ask($"look for secret '{id}'", () => aws.Secrets.DescribeSecretAsync(new DescribeSecretRequest { SecretId = id }, cancel), cancel).ConfigureAwait(false);
            return new SecretState(answer.ARN, answer.DeletedDate is not null, (answer.Tags ?? []).ToDictionary(t => t.Key, t => t.Value ?? "", StringComparer.Ordinal))
            {
                Versions = (answer.VersionIdsToStages ?? []).ToDictionary(v => v.Key, v => (IReadOnlyList<string>)[.. v.Value], StringComparer.Ordinal),
            };
        }
        catch (AwsRefusedException e) when (e.Code == "ResourceNotFoundException")
        {
            return null;
        }
    }

    /// <summary>Whether a secret's value is JSON with a key; the value is forgotten at once.</summary>
    /// <param name="id">name or ARN</param>
    /// <param name="key">of the JSON; <c>null</c>: only whether there is such a version</param>
    /// <param name="stage">e.g. <c>AWSPREVIOUS</c>; <c>null</c>: the current one</param>
    /// <param name="version">its id; <c>null</c>: the stage decides</param>
    public async Task<bool> Holds(string id, string? key, string? stage, string? version, CancellationToken cancel) =>
        await Text(id, key, stage, version, cancel).ConfigureAwait(false) is not null;

    /// <summary>The current value of a secret, for whoever must send it somewhere; <c>null</c>: there is none.</summary>
    /// <param name="id">name or ARN</param>
    /// <param name="key">of its JSON; <c>null</c>: the whole value</param>
    public async Task<Secret?> Value(string id, string? key, CancellationToken cancel) =>
        await Text(id, key, null, null, cancel).ConfigureAwait(false) is { } text ? new Secret(text) : null;

    /// <summary>The value of a parameter, decrypted; <c>null</c>: there is none.</summary>
    /// <param name="name">name or ARN</param>
    public async Task<Secret?> Parameter(string name, CancellationToken cancel)
    {
        var answer = await aws.Ask($"read parameter '{name}'", () => aws.Parameters.GetParametersAsync(new GetParametersRequest { Names = [name], WithDecryption = true }, cancel), cancel).ConfigureAwait(false);
        return answer.Parameters is [{ Value: { } text }, ..] ? new Secret(text) : null;
    }

    /// <summary>Those of some parameters that SSM does not have.</summary>
    /// <param name="names">names or ARNs, at most ten</param>
    public async Task<IReadOnlyList<string>> MissingParameters(IReadOnlyList<string> names, CancellationToken cancel)
    {
        var answer = await aws.Ask("look for parameters", () => aws.Parameters.GetParametersAsync(new GetParametersRequest { Names = [.. names] }, cancel), cancel).ConfigureAwait(false);
        return answer.InvalidParameters ?? [];
    }

    /// <returns><c>null</c>: there is no such secret, or no such key in it</returns>
    private async Task<string?> Text(string id, string? key, string? stage, string? version, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.Ask($"look into secret '{id}'", () => aws.Secrets.GetSecretValueAsync(new GetSecretValueRequest { SecretId = id, VersionStage = stage, VersionId = version }, cancel), cancel).ConfigureAwait(false);
            if (key is null)
            {
                return answer.SecretString ?? "";
            }

            using var json = JsonDocument.Parse(answer.SecretString ?? "");
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(key, out var value) ? value.ToString() : null;
        }
        catch (AwsRefusedException e) when (e.Code == "ResourceNotFoundException")
        {
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
