using System.Text.Json;

namespace Pipeline.Reporting;

/// <summary>What later jobs of a CI run may want to know of this one, each value on one line.</summary>
public static class RunOutputs
{
    /// <summary>Name → value; what is unknown is empty. <c>versions</c> and <c>urls</c> are JSON objects by service.</summary>
    public static IReadOnlyDictionary<string, string> Of(RunJson run) => new Dictionary<string, string>
    {
        ["target"] = run.Target,
        ["environment"] = run.Environment ?? "",
        ["outcome"] = run.Outcome,
        ["deployment"] = run.Deployment ?? "",
        ["versions"] = ByService(run, s => s.Version),
        ["urls"] = ByService(run, s => s.Url),
    };

    private static string ByService(RunJson run, Func<RunService, string?> value) =>
        JsonSerializer.Serialize(run.Services.Where(s => value(s) is not null).ToDictionary(s => s.Name, s => value(s)!));
}
