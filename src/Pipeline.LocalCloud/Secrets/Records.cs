namespace Pipeline.LocalCloud.Secrets;

/// <param name="DeletedAt">when it was marked for deletion; it can be restored until then plus its window</param>
internal sealed record Secret(
    string Name, string Arn, string? Description, DateTimeOffset Created, DateTimeOffset Changed, DateTimeOffset? DeletedAt, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<SecretVersion> Versions)
{
    public SecretVersion? At(string stage) => Versions.FirstOrDefault(v => v.Stages.Contains(stage));
}

/// <param name="Binary">base64</param>
internal sealed record SecretVersion(string Id, string? Text, string? Binary, DateTimeOffset Created, IReadOnlyList<string> Stages)
{
    public const string Current = "AWSCURRENT";
    public const string Previous = "AWSPREVIOUS";
}
