using System.Diagnostics;
using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>Answers the requests of one listener: finds the rule, the target group by weight, the target in turn, and forwards.</summary>
internal sealed class Router(IHttpForwarder forwarder, HttpMessageInvoker connections, Func<ListenerRecord> listener, Func<IReadOnlyList<RuleRecord>> rules, Func<string, TargetGroup?> groups)
{
    private static readonly ForwarderRequestConfig Settings = new() { ActivityTimeout = TimeSpan.FromSeconds(60) };

    public Task Answer(HttpContext http) => ActionFor(http) switch
    {
        { Fixed: { } fix } => Respond(http, fix),
        { Redirect: { } redirect } => Redirect(http, redirect),
        { Forward: not null } action => Forward(http, action),
        _ => Fail(http, 500),
    };

    private ActionRecord ActionFor(HttpContext http) => rules().FirstOrDefault(rule => rule.Conditions.All(c => Matches(c, http.Request)))?.Action ?? listener().Default;

    private async Task Forward(HttpContext http, ActionRecord action)
    {
        var group = Choose(action.Forward!);
        if (await Unserved(http, group) is not { } failure)
        {
            return;
        }

        // Traffic may have been shifted, and the group emptied, since the rule was read: what the rule says now counts.
        if (ActionFor(http) != action)
        {
            await Answer(http);
            return;
        }

        group?.Metrics.Count(0, failure.After);
        await Fail(http, failure.Status);
    }

    /// <summary>Has one of the group's targets answer; otherwise says how the request fails, and nothing of it was sent.</summary>
    private async Task<(int Status, TimeSpan After)?> Unserved(HttpContext http, TargetGroup? group)
    {
        if (group is null)
        {
            return (503, TimeSpan.Zero);
        }

        var transformer = new ForwardedHeaders(listener());
        var watch = Stopwatch.StartNew();
        var failed = new List<Target>();
        while (group.Take(failed) is { } target)
        {
            ForwarderError error;
            try
            {
                error = await forwarder.SendAsync(http, target.Url, connections, Settings, transformer);
            }
            finally
            {
                target.End();
            }

            // Nothing was sent when no connection came about, so another target may have the request.
            if (error == ForwarderError.Request && NotConnected(http) && !http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
            {
                failed.Add(target);
                http.Response.Clear();
                continue;
            }

            group.Metrics.Count(error == ForwarderError.None ? http.Response.StatusCode : 0, watch.Elapsed);
            if (error != ForwarderError.None && !http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
            {
                await Fail(http, http.Response.StatusCode is 504 ? 504 : 502);
            }

            return null;
        }

        return (failed.Count > 0 ? 502 : 503, watch.Elapsed);
    }

    private TargetGroup? Choose(IReadOnlyList<WeightedGroup> weighted)
    {
        var total = weighted.Sum(g => g.Weight);
        if (total == 0)
        {
            return null;
        }

        var roll = Random.Shared.Next(total);
        foreach (var group in weighted)
        {
            roll -= group.Weight;
            if (roll < 0)
            {
                return groups(group.Arn);
            }
        }

        return null;
    }

    private static bool NotConnected(HttpContext http) =>
        http.Features.Get<IForwarderErrorFeature>()?.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };

    private static bool Matches(ConditionRecord condition, HttpRequest request) => condition.Field switch
    {
        "path-pattern" => condition.Values.Any(p => Wildcard.Matches(p, request.Path.Value ?? "/", ignoreCase: false)),
        "host-header" => condition.Values.Any(p => Wildcard.Matches(p, request.Host.Host, ignoreCase: true)),
        "http-request-method" => condition.Values.Contains(request.Method),
        _ => false,
    };

    private static async Task Respond(HttpContext http, FixedResponse answer)
    {
        http.Response.StatusCode = answer.StatusCode;
        http.Response.ContentType = answer.ContentType;
        await http.Response.WriteAsync(answer.Body, http.RequestAborted);
    }

    private static Task Redirect(HttpContext http, Redirection redirect)
    {
        var request = http.Request;
        string Fill(string text) => text
            .Replace("#{protocol}", request.Scheme, StringComparison.Ordinal)
            .Replace("#{host}", request.Host.Host, StringComparison.Ordinal)
            .Replace("#{port}", $"{http.Connection.LocalPort}", StringComparison.Ordinal)
            .Replace("#{path}", request.Path.Value!.TrimStart('/'), StringComparison.Ordinal)
            .Replace("#{query}", request.QueryString.Value!.TrimStart('?'), StringComparison.Ordinal);
        var query = Fill(redirect.Query);
        http.Response.StatusCode = redirect.StatusCode;
        http.Response.Headers.Location = $"{Fill(redirect.Protocol).ToLowerInvariant()}://{Fill(redirect.Host)}:{Fill(redirect.Port)}{Fill(redirect.Path)}{(query.Length > 0 ? "?" + query : "")}";
        return Task.CompletedTask;
    }

    private static async Task Fail(HttpContext http, int status)
    {
        var title = status switch { 502 => "502 Bad Gateway", 503 => "503 Service Temporarily Unavailable", 504 => "504 Gateway Time-out", _ => "500 Internal Server Error" };
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html";
        http.Response.Headers.Server = "awselb/2.0";
        await http.Response.WriteAsync($"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n", CancellationToken.None);
    }

    /// <summary>The client's headers as they are, its host too, and where it came from.</summary>
    private sealed class ForwardedHeaders(ListenerRecord listener) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
            var client = httpContext.Connection.RemoteIpAddress ?? IPAddress.Loopback;
            var before = httpContext.Request.Headers["X-Forwarded-For"].ToString();
            Set(proxyRequest, "X-Forwarded-For", before.Length > 0 ? $"{before}, {client}" : client.ToString());
            Set(proxyRequest, "X-Forwarded-Proto", "http");
            Set(proxyRequest, "X-Forwarded-Port", $"{listener.Port}");
            if (!httpContext.Request.Headers.ContainsKey("X-Amzn-Trace-Id"))
            {
                Set(proxyRequest, "X-Amzn-Trace-Id", $"Root=1-{DateTimeOffset.UtcNow.ToUnixTimeSeconds():x8}-{Guid.NewGuid().ToString("N")[..24]}");
            }
        }

        private static void Set(HttpRequestMessage request, string name, string value)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
