using System.Text.Json.Nodes;

namespace Pipeline.Configuration;

/// <summary>What a value may look like. Validation, the JSON schema and the documentation are all derived from the shapes.</summary>
/// <param name="Type">as the documentation calls it</param>
internal abstract record Shape(string Type);

/// <summary>One described key of a section.</summary>
/// <param name="Example">a YAML value in flow style</param>
internal sealed record Key(string Name, Shape Shape, string Description, string Example)
{
    public bool Required { get; init; }

    /// <summary>It must stand at the top or in every environment.</summary>
    public bool RequiredSomewhere { get; init; }

    /// <summary>What holds when the key is absent, as it would be written; <c>null</c>: nothing.</summary>
    public string? Default { get; init; }

    /// <summary>The default in words, where it is not one value.</summary>
    public string? DefaultInWords { get; init; }
}

/// <summary>A map with fixed keys.</summary>
internal sealed record Section(IReadOnlyList<Key> Keys) : Shape("section")
{
    public Key Find(string name) => Keys.First(k => k.Name == name);
}

/// <summary>A map whose keys are names that the user chooses.</summary>
/// <param name="What">one of its entries: <c>SERVICE</c></param>
internal sealed record MapOf(string What, Shape Value, Form? Name = null) : Shape($"map of {What.ToLowerInvariant()} → {Value.Type}");

internal sealed record ListOf(Shape Item) : Shape($"list of {Item.Type}");

/// <summary>A single value.</summary>
/// <param name="Check">half a sentence about what is wrong with a text, or <c>null</c></param>
/// <param name="Schema">makes its JSON schema</param>
internal sealed record Value(string Type, Func<string, Surroundings, string?> Check, Func<JsonObject> Schema) : Shape(Type);

/// <summary>A text that must have a certain form.</summary>
/// <param name="Pattern">the regular expression as the schema shows it</param>
/// <param name="Holds">the same expression, compiled</param>
/// <param name="Sentence">what it must be</param>
internal sealed record Form(string Pattern, Func<string, bool> Holds, string Sentence);

/// <summary>What a value may refer to.</summary>
/// <param name="Root">folder that paths are relative to</param>
/// <param name="Names">names below a top-level map, e.g. of <c>stacks</c>; <c>null</c>: not all of them can be known yet</param>
internal sealed record Surroundings(string Root, Func<string, IReadOnlyList<string>?> Names);
