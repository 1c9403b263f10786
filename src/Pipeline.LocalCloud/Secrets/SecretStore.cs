using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Secrets;

/// <summary>Secrets by name, each with versions that stages point to.</summary>
internal sealed partial class SecretStore(Database database, TimeProvider time)
{
    private readonly Table<Secret> _secrets = database.Table<Secret>("secretsmanager/secrets");
    private readonly Lock _lock = new();

    public IEnumerable<Secret> All => _secrets.All.OrderBy(s => s.Name, StringComparer.Ordinal);

    /// <summary>By name, ARN, or ARN without its random end; <c>null</c> where there is none.</summary>
    public Secret? Find(string id)
    {
        var name = id.StartsWith("arn:", StringComparison.Ordinal) ? id.Split(':', 7).ElementAtOrDefault(6) ?? "" : id;
        return name == id ? _secrets.Find(name) : _secrets.All.FirstOrDefault(s => s.Arn == id) ?? _secrets.Find(name);
    }

    /// <exception cref="AwsException">ResourceNotFoundException, or the secret is marked for deletion</exception>
    public Secret Get(string id) => Find(id) is not { } secret ? throw new AwsException("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        : secret.DeletedAt is null ? secret
        : throw new AwsException("InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.");

    /// <summary>A secret's value as a container definition or a dynamic reference names it: ARN, then maybe <c>:jsonKey:versionStage:versionId</c>.</summary>
    /// <exception cref="AwsException">there is no such secret, version or key</exception>
    public string Resolve(string valueFrom)
    {
        var parts = valueFrom.Split(':');
        return valueFrom.StartsWith("arn:", StringComparison.Ordinal) && parts.Length >= 7
            ? Value(string.Join(':', parts[..7]), parts.ElementAtOrDefault(7), parts.ElementAtOrDefault(8), parts.ElementAtOrDefault(9))
            : Value(valueFrom, null, null, null);
    }

    /// <summary>The text of a secret's version, or of one key of the JSON in it. Empty strings count as not given.</summary>
    /// <exception cref="AwsException">there is no such secret, version or key</exception>
    public string Value(string id, string? jsonKey, string? stage, string? versionId)
    {
        var secret = Get(id);
        var text = Version(secret, versionId, stage).Text ?? throw new AwsException("InvalidRequestException", $"The secret {secret.Name} is binary.");
        if (string.IsNullOrEmpty(jsonKey))
        {
            return text;
        }

        try
        {
            return (JsonNode.Parse(text) as JsonObject)?.Text(jsonKey) ?? throw new AwsException("ResourceNotFoundException", $"retrieved secret from Secrets Manager did not contain json key {jsonKey}");
        }
        catch (JsonException)
        {
            throw new AwsException("InvalidRequestException", $"The secret {secret.Name} is not JSON, so it has no key '{jsonKey}'.");
        }
    }

    public static SecretVersion Version(Secret secret, string? versionId, string? stage)
    {
        var found = string.IsNullOrEmpty(versionId) ? secret.At(string.IsNullOrEmpty(stage) ? SecretVersion.Current : stage)
            : secret.Versions.FirstOrDefault(v => v.Id == versionId && (string.IsNullOrEmpty(stage) || v.Stages.Contains(stage)));
        return found ?? throw new AwsException("ResourceNotFoundException",
            $"Secrets Manager can't find the specified secret value for {(string.IsNullOrEmpty(versionId) ? $"staging label: {(string.IsNullOrEmpty(stage) ? SecretVersion.Current : stage)}" : $"VersionId: {versionId}")}");
    }

    public Secret Create(string name, string region, string? description, IReadOnlyDictionary<string, string> tags, SecretVersion? first)
    {
        if (!SecretName().IsMatch(name))
        {
            throw new AwsException("ValidationException", "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!");
        }

        lock (_lock)
        {
            if (_secrets.Find(name) is { } known)
            {
                if (first is not null && known.DeletedAt is null && known.Versions.FirstOrDefault(v => v.Id == first.Id) is { } same && same.Text == first.Text && same.Binary == first.Binary)
                {
                    return known;
                }

                throw known.DeletedAt is null
                    ? new AwsException("ResourceExistsException", $"The operation failed because the secret {name} already exists.")
                    : new AwsException("InvalidRequestException", "You can't create this secret because a secret with this name is already scheduled for deletion.");
            }

            var now = time.GetUtcNow();
            var arn = $"arn:aws:secretsmanager:{region}:{Account.Id}:secret:{name}-{Identities.Random(6)}";
            return Save(new Secret(name, arn, description, now, now, null, tags, first is null ? [] : [first]));
        }
    }

    public SecretVersion NewVersion(string? token, string? text, string? binary, IReadOnlyList<string>? stages = null) =>
        new(token is { Length: > 0 } ? token : Guid.NewGuid().ToString(), text, binary, time.GetUtcNow(), stages is { Count: > 0 } ? stages : [SecretVersion.Current]);

    /// <summary>Adds a version; stages move to it, and what was current becomes the previous one.</summary>
    public Secret Put(string id, SecretVersion version)
    {
        lock (_lock)
        {
            var secret = Get(id);
            if (secret.Versions.FirstOrDefault(v => v.Id == version.Id) is { } same)
            {
                return same.Text == version.Text && same.Binary == version.Binary ? secret
                    : throw new AwsException("ResourceExistsException", $"You can't modify the existing version {version.Id}, you can only create a new version.");
            }

            var becomesCurrent = version.Stages.Contains(SecretVersion.Current);
            var others = secret.Versions.Select(v => v with
            {
                Stages = [.. v.Stages.Except(version.Stages).Where(s => !(becomesCurrent && s == SecretVersion.Previous)), .. becomesCurrent && v.Stages.Contains(SecretVersion.Current) ? [SecretVersion.Previous] : Array.Empty<string>()],
            });
            return Save(secret with { Changed = time.GetUtcNow(), Versions = [.. others.Where(v => v.Stages.Count > 0), version] });
        }
    }

    public Secret Change(string id, Func<Secret, Secret> change)
    {
        lock (_lock)
        {
            return Save(change(Get(id)) with { Changed = time.GetUtcNow() });
        }
    }

    /// <summary>Marks a secret for deletion, or deletes it at once.</summary>
    public Secret Delete(string id, bool atOnce)
    {
        lock (_lock)
        {
            var secret = atOnce && Find(id) is { } any ? any : Get(id);
            if (!atOnce)
            {
                return Save(secret with { DeletedAt = time.GetUtcNow() });
            }

            _secrets.Remove(secret.Name);
            return secret with { DeletedAt = time.GetUtcNow() };
        }
    }

    public Secret Restore(string id)
    {
        lock (_lock)
        {
            var secret = Find(id) ?? Get(id);
            return Save(secret with { DeletedAt = null });
        }
    }

    private Secret Save(Secret secret)
    {
        _secrets.Put(secret.Name, secret);
        return secret;
    }

    [GeneratedRegex(@"^[A-Za-z0-9/_+=.@!-]{1,512}\z")]
    private static partial Regex SecretName();
}
