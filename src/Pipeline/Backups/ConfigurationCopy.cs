using System.Globalization;
using System.Text.Json.Nodes;

namespace Pipeline.Backups;

/// <summary>An environment's configuration at one moment. It holds no secret's value.</summary>
/// <param name="Stacks">what each stack was given</param>
/// <param name="TaskDefinitions">those of the stacks</param>
/// <param name="Parameters">SSM parameters that the stacks made</param>
/// <param name="Secrets">secrets that the stacks made: only which versions they had</param>
public sealed record ConfigurationCopy(
    IReadOnlyList<StackCopy> Stacks,
    IReadOnlyList<TaskDefinitionCopy> TaskDefinitions,
    IReadOnlyList<ParameterCopy> Parameters,
    IReadOnlyList<SecretCopy> Secrets)
{
    /// <summary>For people: <c>3 stacks, 2 task definitions, 1 parameter, 1 secret (versions only)</c>.</summary>
    public string Summary => string.Join(", ",
        Reporting.Words.Count(Stacks.Count, "stack"), Reporting.Words.Count(TaskDefinitions.Count, "task definition"), Reporting.Words.Count(Parameters.Count, "parameter"),
        $"{Reporting.Words.Count(Secrets.Count, "secret")} (versions only)");

    internal IEnumerable<string> Parts() =>
    [
        "stacks", .. Stacks.SelectMany(s => (string[])[s.Stack, s.StackName, s.Hash]),
        "definitions", .. TaskDefinitions.SelectMany(t => (string[])[t.Arn, t.Definition?.ToJsonString() ?? "", t.Withheld ?? ""]),
        "parameters", .. Parameters.SelectMany(p => (string[])[p.Name, p.Type, p.Version.ToString(CultureInfo.InvariantCulture), p.Value ?? "", p.Withheld ?? ""]),
        "secrets", .. Secrets.SelectMany(s => (IEnumerable<string>)[s.Arn, .. s.Versions.OrderBy(v => v.Key, StringComparer.Ordinal).SelectMany(v => (IEnumerable<string>)[v.Key, .. v.Value])]),
    ];
}

/// <summary>What a stack was given: its template, parameters and tags lie in the ledger under their hash.</summary>
/// <param name="Stack">its key in the configuration</param>
/// <param name="StackName">as CloudFormation knows it</param>
/// <param name="Hash">of its snapshot in the ledger</param>
public sealed record StackCopy(string Stack, string StackName, string Hash);

/// <summary>A task definition.</summary>
/// <param name="Arn">with its revision</param>
/// <param name="Definition">as it can be registered again; <c>null</c>: see <paramref name="Withheld"/></param>
/// <param name="Withheld">why it was not kept: a secret's value stands in it</param>
public sealed record TaskDefinitionCopy(string Arn, JsonObject? Definition, string? Withheld);

/// <summary>An SSM parameter.</summary>
/// <param name="Name">with its path</param>
/// <param name="Type">AWS's word</param>
/// <param name="Version">it had this one</param>
/// <param name="Value">only of type <c>String</c>, else <c>null</c></param>
/// <param name="Withheld">why its value was not kept; <c>null</c>: it was</param>
public sealed record ParameterCopy(string Name, string Type, long Version, string? Value, string? Withheld);

/// <summary>A secret, without its value.</summary>
/// <param name="Arn">with its name</param>
/// <param name="Versions">version id → stages</param>
public sealed record SecretCopy(string Arn, IReadOnlyDictionary<string, IReadOnlyList<string>> Versions);
