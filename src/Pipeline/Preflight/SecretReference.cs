namespace Pipeline.Preflight;

/// <summary><c>ValueFrom</c> of a secret of Secrets Manager: its ARN, then maybe JSON key, stage and version.</summary>
internal sealed record SecretReference(string Id, string? Key, string? Stage, string? Version)
{
    private const int ArnParts = 7;

    /// <summary>The whole value of the current version, which every secret has.</summary>
    public bool IsWhole => Key is null && Stage is null && Version is null;

    /// <summary>For people: what it asks for.</summary>
    public string Missing => string.Join(" in ", new[] { Key is null ? null : $"JSON key '{Key}'", Stage is null ? null : $"stage '{Stage}'", Version is null ? null : $"version '{Version}'" }.OfType<string>());

    /// <returns><c>null</c>: it names something else, a parameter</returns>
    public static SecretReference? Parse(string from)
    {
        if (!from.StartsWith("arn:", StringComparison.Ordinal) || from.Split(':') is not [_, _, "secretsmanager", ..] parts)
        {
            return null;
        }

        string? Part(int i) => parts.ElementAtOrDefault(i) is { Length: > 0 } text ? text : null;
        return new SecretReference(string.Join(':', parts.Take(ArnParts)), Part(ArnParts), Part(ArnParts + 1), Part(ArnParts + 2));
    }
}
