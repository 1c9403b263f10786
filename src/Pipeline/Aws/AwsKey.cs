namespace Pipeline.Aws;

/// <summary>An access key. Prints without its secret.</summary>
/// <param name="Id">public half</param>
/// <param name="Secret">the half that signs</param>
public sealed record AwsKey(string Id, string Secret)
{
    /// <summary>The developer's key on the embedded cloud.</summary>
    public static AwsKey EmbeddedCloudDeveloper { get; } = new("test", "test");

    /// <inheritdoc/>
    public override string ToString() => $"{Id} (secret hidden)";
}
