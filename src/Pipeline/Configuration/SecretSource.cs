using System.Text.RegularExpressions;
using Pipeline.Preflight;

namespace Pipeline.Configuration;

/// <summary>Where a secret value is kept; the value itself never stands in a file.</summary>
/// <param name="Store">what keeps it</param>
/// <param name="Name">name or ARN there</param>
/// <param name="Key">key in the secret's JSON; <c>null</c>: the whole value</param>
public sealed partial record SecretSource(SecretStore Store, string Name, string? Key)
{
    /// <summary>As a regular expression, for editors.</summary>
    internal const string Pattern = "^(env:[A-Za-z_][A-Za-z0-9_]*|ssm:(arn:[^ ]+|[A-Za-z0-9/_.-]+)|secretsmanager:(arn:[^ ]+|[A-Za-z0-9/_+=.@-]+(:[^ :]+)?))$";

    /// <summary>Reads <c>env:VARIABLE</c>, <c>secretsmanager:NAME</c>, <c>secretsmanager:NAME:JSON_KEY</c> or <c>ssm:/NAME</c>; names may be ARNs.</summary>
    /// <returns><c>null</c>: it is none of them</returns>
    public static SecretSource? Parse(string text)
    {
        if (!Form().IsMatch(text))
        {
            return null;
        }

        var (store, name) = (text[..text.IndexOf(':', StringComparison.Ordinal)], text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        return store switch
        {
            "env" => new(SecretStore.Variable, name, null),
            "ssm" => new(SecretStore.Parameter, name, null),
            _ when SecretReference.Parse(name) is { } arn => new(SecretStore.SecretsManager, arn.Id, arn.Key),
            _ when name.StartsWith("arn:", StringComparison.Ordinal) => null,
            _ => new(SecretStore.SecretsManager, name.Split(':')[0], name.Split(':').ElementAtOrDefault(1)),
        };
    }

    /// <summary>As it is written.</summary>
    public override string ToString() => Store switch
    {
        SecretStore.Variable => $"env:{Name}",
        SecretStore.Parameter => $"ssm:{Name}",
        _ => $"secretsmanager:{Name}{(Key is null ? "" : $":{Key}")}",
    };

    [GeneratedRegex(Pattern)]
    private static partial Regex Form();
}

/// <summary>What keeps a secret.</summary>
public enum SecretStore
{
    /// <summary>A variable of the process's environment.</summary>
    Variable,

    /// <summary>AWS Secrets Manager, in the environment's account and region.</summary>
    SecretsManager,

    /// <summary>SSM's parameter store, in the environment's account and region.</summary>
    Parameter,
}
