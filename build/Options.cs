using Pipeline.Cake;

namespace Build;

internal static class Options
{
    public static readonly IReadOnlyList<Option> All =
    [
        Option.Text("environment", "where to", "NAME"),
        Option.Text("version", "the release to go back to", "VERSION"),
        Option.OneOf("format", "how the result is printed", "text", "json"),
        Option.Flag("all", "everything, affected or not"),
    ];
}
