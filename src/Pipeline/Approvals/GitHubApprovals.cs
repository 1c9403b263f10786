using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Pipeline.Approvals;

/// <summary>A run of a GitHub workflow.</summary>
/// <param name="Owner">of the repository</param>
/// <param name="Repository">its name</param>
/// <param name="Id">of the run</param>
public sealed record GitHubRun(string Owner, string Repository, long Id)
{
    /// <summary>Who triggered the run, when the request was made; <c>null</c>: GitHub could not be asked.</summary>
    public string? TriggeredBy { get; init; }

    /// <summary>The run that this process belongs to; <c>null</c>: none.</summary>
    public static GitHubRun? Current(Func<string, string?> variable) =>
        variable("GITHUB_ACTIONS") == "true" && variable("GITHUB_REPOSITORY")?.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } name]
        && long.TryParse(variable("GITHUB_RUN_ID"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? new GitHubRun(owner, name, id) : null;
}

/// <summary>What somebody decided on GitHub about a run's environments.</summary>
/// <param name="Login">who</param>
/// <param name="State">GitHub's word: <c>approved</c>, <c>rejected</c> or <c>pending</c></param>
/// <param name="Environments">GitHub's names of them</param>
/// <param name="Comment">in the person's words</param>
public sealed record GitHubReview(string Login, string State, IReadOnlyList<string> Environments, string? Comment);

/// <summary>An answer of GitHub's.</summary>
/// <param name="Value">meaningless where there is a reason</param>
/// <param name="NotEvaluable">why there is no answer; <c>null</c>: there is one</param>
public sealed record GitHubAnswer<T>(T? Value, string? NotEvaluable);

/// <summary>GitHub's API: who triggered a run and who approved its environments. Whatever it does not say clearly is no answer.</summary>
/// <param name="api">e.g. <c>https://api.github.com</c></param>
/// <param name="token">of the workflow; it needs <c>actions: read</c></param>
public sealed class GitHubApprovals(Uri api, string token)
{
    // A redirect could carry the token elsewhere.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 1 << 20 };

    /// <summary>Longest wait for one answer.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The API that the surroundings name; <c>null</c>: they name none, or one to which a token must not be sent.</summary>
    /// <param name="variable">the environment's variables</param>
    public static GitHubApprovals? Current(Func<string, string?> variable) =>
        variable("GITHUB_TOKEN") is { Length: > 0 } token && Uri.TryCreate(variable("GITHUB_API_URL") is { Length: > 0 } url ? url : "https://api.github.com", UriKind.Absolute, out var api)
        && (api.Scheme == Uri.UriSchemeHttps || api.IsLoopback) ? new GitHubApprovals(api, token) : null;

    /// <summary>Who triggered a run: of one that was run again, who did so.</summary>
    public Task<GitHubAnswer<string>> TriggeredBy(GitHubRun run, CancellationToken cancel) => Ask(run, "", answer =>
        answer.GetProperty("id").GetInt64() == run.Id ? Login(answer.GetProperty("triggering_actor")) : throw new FormatException("it is about another run"), cancel);

    /// <summary>What was decided about a run's environments.</summary>
    public Task<GitHubAnswer<IReadOnlyList<GitHubReview>>> Reviews(GitHubRun run, CancellationToken cancel) => Ask(run, "/approvals", IReadOnlyList<GitHubReview> (answer) =>
        [.. answer.EnumerateArray().Select(review => new GitHubReview(
            Login(review.GetProperty("user")),
            Text(review.GetProperty("state")),
            [.. review.GetProperty("environments").EnumerateArray().Select(e => Text(e.GetProperty("name")))],
            review.TryGetProperty("comment", out var comment) && comment.ValueKind == JsonValueKind.String ? comment.GetString() : null))], cancel);

    private async Task<GitHubAnswer<T>> Ask<T>(GitHubRun run, string what, Func<JsonElement, T> read, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Deadline);
        var path = $"repos/{Uri.EscapeDataString(run.Owner)}/{Uri.EscapeDataString(run.Repository)}/actions/runs/{run.Id.ToString(CultureInfo.InvariantCulture)}{what}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(api.ToString().TrimEnd('/') + "/"), path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/vnd.github+json");
        request.Headers.Add("X-GitHub-Api-Version", "2022-11-28");
        request.Headers.UserAgent.ParseAdd("pipeline");
        try
        {
            using var response = await Http.SendAsync(request, deadline.Token).ConfigureAwait(false);
            return response.StatusCode != HttpStatusCode.OK
                ? new(default, Refusal(response))
                : new(read(JsonElement.Parse(await response.Content.ReadAsStringAsync(deadline.Token).ConfigureAwait(false))), null);
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return new(default, $"GitHub's answer can not be understood: {e.Message}");
        }
        catch (HttpRequestException e)
        {
            return new(default, $"GitHub does not answer: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(default, $"GitHub did not answer within {Deadline.TotalSeconds:0} s");
        }
    }

    private static string Refusal(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.TooManyRequests => "GitHub was asked too often (429)",
        HttpStatusCode.Forbidden when response.Headers.TryGetValues("X-RateLimit-Remaining", out var rest) && rest.First() == "0" => "GitHub was asked too often (403)",
        HttpStatusCode.Unauthorized => "GitHub does not accept the token (401)",
        HttpStatusCode.Forbidden => "GitHub does not let the token read the run (403); the workflow needs permission actions: read",
        HttpStatusCode.NotFound => "GitHub knows no such run, or does not show it to the token (404)",
        var other => $"GitHub answered {(int)other}",
    };

    private static string Login(JsonElement user) => Text(user.GetProperty("login"));

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : throw new FormatException("a text is missing");
}
