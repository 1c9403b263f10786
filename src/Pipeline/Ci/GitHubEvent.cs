using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Ci;

/// <summary>GitHub Actions: a few variables, and the webhook's payload in a file.</summary>
internal static class GitHubEvent
{
    public static CiEvent Read(Func<string, string?> variable)
    {
        var name = variable("GITHUB_EVENT_NAME") ?? "";
        var payload = Payload(variable("GITHUB_EVENT_PATH"));
        var reference = Text(payload?["ref"]) is { } full && full.StartsWith("refs/", StringComparison.Ordinal) ? full : variable("GITHUB_REF");
        var pull = payload?["pull_request"];
        return new CiEvent(CiProvider.GitHub, Kind(name, payload, reference), name)
        {
            Branch = Text(pull?["head"]?["ref"]) ?? (variable("GITHUB_HEAD_REF") is { Length: > 0 } head ? head : Refs.Branch(reference)),
            PullRequest = Text(pull?["number"]),
            Fork = IsFork(pull, variable("GITHUB_ACTOR")),
            Repository = variable("GITHUB_REPOSITORY"),
            Commit = Text(pull?["head"]?["sha"]) ?? variable("GITHUB_SHA"),
            Message = Text(payload?["head_commit"]?["message"]),
            Actor = variable("GITHUB_ACTOR"),
            Inputs = payload is null ? null : Inputs(payload["inputs"]),
        };
    }

    private static CiEventKind Kind(string name, JsonObject? payload, string? reference) => name switch
    {
        "delete" => CiEventKind.Deletion,
        "push" when (payload?["deleted"] as JsonValue)?.GetValueKind() == JsonValueKind.True => CiEventKind.Deletion,
        "push" when Refs.IsTag(reference) => CiEventKind.Tag,
        "push" => CiEventKind.Push,
        "pull_request" or "pull_request_target" => Text(payload?["action"]) == "closed" ? CiEventKind.Closed : CiEventKind.PullRequest,
        "workflow_dispatch" => CiEventKind.Manual,
        "schedule" => CiEventKind.Schedule,
        _ => CiEventKind.Other,
    };

    /// <summary>Dependabot works in the repository itself, and its runs are treated as a fork's all the same: no secrets, a token that only reads.</summary>
    private static bool? IsFork(JsonNode? pull, string? actor) =>
        actor == "dependabot[bot]" ? true
        : Text(pull?["head"]?["repo"]?["full_name"]) is { } head && Text(pull?["base"]?["repo"]?["full_name"]) is { } @base ? head != @base : null;

    private static Dictionary<string, string> Inputs(JsonNode? inputs) =>
        (inputs as JsonObject)?.Where(i => i.Value is JsonValue).ToDictionary(i => i.Key, i => i.Value!.ToString()) ?? [];

    private static string? Text(JsonNode? node) => node is JsonValue value ? value.ToString() : null;

    private static JsonObject? Payload(string? file)
    {
        try
        {
            return file is null ? null : JsonNode.Parse(File.ReadAllText(file)) as JsonObject;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
