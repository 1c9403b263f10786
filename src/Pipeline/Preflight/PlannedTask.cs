using System.Text.Json.Nodes;

namespace Pipeline.Preflight;

/// <summary>A task definition that is about to be deployed, as far as it is known before.</summary>
/// <param name="Stack">key of its stack</param>
/// <param name="LogicalId">in the template</param>
/// <param name="Properties">resolved</param>
internal sealed record PlannedTask(string Stack, string LogicalId, JsonObject Properties)
{
    public string? ExecutionRole => TemplateValues.Text(Properties["ExecutionRoleArn"]);

    public string? TaskRole => TemplateValues.Text(Properties["TaskRoleArn"]);

    /// <summary>As image configurations call it.</summary>
    public string Architecture => TemplateValues.Text(Properties["RuntimePlatform"]?["CpuArchitecture"]) == "ARM64" ? "arm64" : "amd64";

    public IReadOnlyList<PlannedContainer> Containers => [.. (Properties["ContainerDefinitions"] as JsonArray ?? []).OfType<JsonObject>().Select(c => new PlannedContainer(c))];
}

/// <summary>One container of it.</summary>
internal sealed record PlannedContainer(JsonObject Properties)
{
    public string Name => TemplateValues.Text(Properties[nameof(Name)]) ?? "";

    public string Image => TemplateValues.Text(Properties[nameof(Image)]) ?? "";

    /// <summary>Variable → where its value is read from.</summary>
    public IEnumerable<(string Name, string From)> Secrets =>
        (Properties[nameof(Secrets)] as JsonArray ?? []).OfType<JsonObject>().Select(s => (TemplateValues.Text(s[nameof(Name)]) ?? "", TemplateValues.Text(s["ValueFrom"]) ?? ""));

    /// <summary>Of the awslogs driver; <c>null</c>: another driver, or none.</summary>
    public string? LogGroup => TemplateValues.Text(Properties["LogConfiguration"]?["LogDriver"]) == "awslogs" ? Option("awslogs-group") : null;

    public bool MakesLogGroup => Option("awslogs-create-group") == "true";

    private string? Option(string name) => TemplateValues.Text(Properties["LogConfiguration"]?["Options"]?[name]);
}
