using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>Members that many requests share.</summary>
internal static class MetricRequests
{
    public static Metric Metric(JsonObject body) => new(
        body.Text("Namespace") ?? throw MetricRefusals.Missing("Namespace"),
        body.Text("MetricName") ?? throw MetricRefusals.Missing("MetricName"),
        Dimensions(body));

    public static IReadOnlyList<Dimension> Dimensions(JsonObject body)
    {
        var dimensions = body.Objects("Dimensions");
        return dimensions.Count > 30
            ? throw MetricRefusals.Invalid("A metric has at most 30 dimensions.")
            : [.. dimensions.Select(dimension => new Dimension(dimension.Text("Name") ?? throw MetricRefusals.Missing("Dimensions.Name"), dimension.Text("Value") ?? throw MetricRefusals.Missing("Dimensions.Value")))];
    }

    public static JsonArray Describe(IReadOnlyList<Dimension> dimensions) => new([.. dimensions.Select(dimension => new JsonObject { ["Name"] = dimension.Name, ["Value"] = dimension.Value })]);

    public static JsonObject Describe(Metric metric) => new() { ["Namespace"] = metric.Namespace, ["MetricName"] = metric.Name, ["Dimensions"] = Describe(metric.Dimensions) };

    public static IReadOnlyList<double> Numbers(this JsonObject body, string list) => [.. body.List(list).Select(entry =>
        double.TryParse(entry.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw MetricRefusals.Invalid($"{list} must be numbers."))];

    public static TimeSpan Period(int? seconds) => seconds switch
    {
        null => throw MetricRefusals.Missing("Period"),
        1 or 5 or 10 or 20 or 30 => TimeSpan.FromSeconds(seconds.Value),
        > 0 and <= 86_400 * 365 when seconds % 60 == 0 => TimeSpan.FromSeconds(seconds.Value),
        _ => throw MetricRefusals.Invalid($"The period {seconds} must be 1, 5, 10, 20, 30 or a multiple of 60 seconds."),
    };

    /// <summary>Epoch seconds on the JSON wire, ISO 8601 on the query wire; <c>null</c> when the member is absent.</summary>
    public static DateTimeOffset? Instant(JsonObject body, string name) => body.Text(name) switch
    {
        null => null,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)),
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) => time,
        var text => throw MetricRefusals.Invalid($"{name} '{text}' is not a time."),
    };

    public static Window Window(JsonObject body, TimeSpan period)
    {
        var from = Instant(body, "StartTime") ?? throw MetricRefusals.Missing("StartTime");
        var to = Instant(body, "EndTime") ?? throw MetricRefusals.Missing("EndTime");
        return from < to
            ? new Window(MetricStore.Floor(from, period < TimeSpan.FromMinutes(1) ? period : TimeSpan.FromMinutes(1)), to)
            : throw MetricRefusals.Invalid("The parameter StartTime must be less than the parameter EndTime.");
    }
}
