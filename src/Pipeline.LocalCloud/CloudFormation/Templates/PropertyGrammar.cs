using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>The properties a resource type understands, read from the short notation of <see cref="ResourceType.Properties"/>.</summary>
internal sealed class PropertyGrammar
{
    private readonly Dictionary<string, PropertyGrammar> _members = new(StringComparer.Ordinal);

    private PropertyGrammar()
    {
    }

    /// <summary>A change of it replaces the resource.</summary>
    public bool Replaces { get; private init; }

    /// <summary>Anything may stand below.</summary>
    public bool Free { get; private init; }

    public bool Has(string name) => _members.ContainsKey(name);

    public static PropertyGrammar Parse(string notation)
    {
        var at = 0;
        var grammar = new PropertyGrammar();
        grammar.ReadMembers(notation, ref at);
        return at == notation.Length ? grammar : throw Broken(notation, at);
    }

    /// <summary>What of the value the type does not understand, as a sentence; <c>null</c> when it understands all of it. Functions count as fitting.</summary>
    public string? Misfit(JsonObject properties) => Misfit(properties, "");

    /// <summary>Whether the change of a top-level property, or of a member somewhere below it, replaces the resource.</summary>
    public bool ReplacesWhenChanged(string name, JsonNode? before, JsonNode? after) =>
        _members.TryGetValue(name, out var member) && member.ReplacedBy(before, after);

    private bool ReplacedBy(JsonNode? before, JsonNode? after)
    {
        if (Values.Same(before, after))
        {
            return false;
        }

        return Replaces || (before, after) switch
        {
            (JsonArray a, JsonArray b) => a.Zip(b).Any(pair => ReplacedBy(pair.First, pair.Second)),
            (JsonObject or null, JsonObject or null) => _members.Any(member => member.Value.ReplacedBy((before as JsonObject)?[member.Key], (after as JsonObject)?[member.Key])),
            _ => false,
        };
    }

    private string? Misfit(JsonNode? node, string path)
    {
        if (Free)
        {
            return null;
        }

        if (Intrinsics.Call(node) is var (name, argument))
        {
            return name == "Fn::If" ? Misfit(Intrinsics.Arguments(argument, name, 3)[1], path) ?? Misfit(((JsonArray)argument)[2], path) : null;
        }

        switch (node)
        {
            case JsonArray list:
                return list.Select(entry => Misfit(entry, path)).FirstOrDefault(misfit => misfit is not null);
            case JsonObject when _members.Count == 0 && path.Length > 0:
                return $"the property {path} must not be a structure";
            case JsonObject mapping:
                foreach (var (key, value) in mapping)
                {
                    var below = path.Length == 0 ? key : $"{path}.{key}";
                    var misfit = _members.TryGetValue(key, out var member) ? member.Misfit(value, below) : $"Encountered unsupported property {below}";
                    if (misfit is not null)
                    {
                        return misfit;
                    }
                }

                return null;
            case JsonValue when _members.Count > 0:
                return $"the property {path} must be a structure";
            default:
                return null;
        }
    }

    private void ReadMembers(string notation, ref int at)
    {
        while (at < notation.Length && notation[at] != ')')
        {
            if (char.IsWhiteSpace(notation[at]))
            {
                at++;
                continue;
            }

            var start = at;
            while (at < notation.Length && char.IsAsciiLetterOrDigit(notation[at]))
            {
                at++;
            }

            if (at == start)
            {
                throw Broken(notation, at);
            }

            var name = notation[start..at];
            var replaces = Take(notation, '!', ref at);
            var free = notation.AsSpan(at).StartsWith("(*)");
            var member = new PropertyGrammar { Replaces = replaces, Free = free };
            if (free)
            {
                at += 3;
            }
            else if (Take(notation, '(', ref at))
            {
                member.ReadMembers(notation, ref at);
                if (!Take(notation, ')', ref at))
                {
                    throw Broken(notation, at);
                }
            }

            _members[name] = member;
        }
    }

    private static bool Take(string notation, char expected, ref int at)
    {
        var there = at < notation.Length && notation[at] == expected;
        at += there ? 1 : 0;
        return there;
    }

    private static FormatException Broken(string notation, int at) => new($"The property notation breaks at {at}: {notation}");
}
