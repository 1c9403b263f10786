using System.Globalization;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>Forms and templates carry numbers and flags as texts; the JSON wire must not hand those out again.</summary>
internal static class TypedMembers
{
    /// <summary>A copy in which the named members, at any depth, are numbers (or flags) where their text is one.</summary>
    public static JsonNode Typed(this JsonNode node, IReadOnlySet<string> numbers, IReadOnlySet<string> flags) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, member.Value switch
        {
            JsonValue value when numbers.Contains(member.Key) && double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            JsonValue value when flags.Contains(member.Key) && bool.TryParse(value.ToString(), out var flag) => JsonValue.Create(flag),
            null => null,
            var other => Typed(other, numbers, flags),
        }))),
        JsonArray entries => new JsonArray([.. entries.Select(entry => entry is null ? null : Typed(entry, numbers, flags))]),
        _ => node.DeepClone(),
    };
}
