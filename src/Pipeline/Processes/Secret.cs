namespace Pipeline.Processes;

/// <summary>A value that must not be shown: it prints as <c>***</c> wherever it is formatted.</summary>
public sealed class Secret(string value)
{
    private readonly string _value = value;

    /// <summary>The value itself, for the one place that sends it.</summary>
    public string Reveal() => _value;

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => SecretMask.Replacement;
}
