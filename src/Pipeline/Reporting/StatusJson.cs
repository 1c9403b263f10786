using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Reporting;

/// <summary>The status table for programs.</summary>
public static class StatusJson
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>One object an environment.</summary>
    public static string Of(IReadOnlyList<EnvironmentStatus> environments) => JsonSerializer.Serialize(environments.Select(e => new
    {
        environment = e.Name,
        services = e.State.Services.Select(s => new
        {
            name = s.Key,
            s.Value.Running.Version,
            s.Value.Running.Digest,
            s.Value.Since,
            s.Value.Url,
            running = e.Live.GetValueOrDefault(s.Key)?.Running,
            desired = e.Live.GetValueOrDefault(s.Key)?.Desired,
        }),
        lockedBy = e.Lock?.Owner,
        lockedFor = e.Lock?.Purpose,
        e.Waiting,
        last = e.Last is { } last ? new { last.Id, last.Outcome, last.StartedAt } : null,
        e.Rows,
    }), Format);
}
