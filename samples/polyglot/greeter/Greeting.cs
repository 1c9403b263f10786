namespace Polyglot.Greeter;

/// <summary>Somebody to be greeted.</summary>
internal sealed record Greeting(string? Name)
{
    private const int LongestName = 100;

    /// <summary>Why it can not be sent; <c>null</c>: it can.</summary>
    public string? Problem => Name is not { } name || name.Trim().Length == 0 ? "name is missing"
        : name.Length > LongestName ? $"name is longer than {LongestName} characters"
        : null;

    /// <summary>What the worker gets.</summary>
    public string Text => $"Hello, {Name?.Trim()}!";
}
