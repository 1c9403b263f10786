using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Logs;

/// <summary>Writing, paging and searching the events of streams. Tokens name a place in the stream: <c>f/12</c> reads on from event 12, <c>b/12</c> reads what is before it.</summary>
internal sealed class LogEventOperations(LogStore store, Func<AwsRequest, LogGroupRecord> groupOf, Func<AwsRequest, LogStreamRecord> streamOf)
{
    private const int LargestPage = 10_000;

    public void AddTo(AwsService service) => service
        .On("PutLogEvents", PutLogEvents)
        .On("GetLogEvents", GetLogEvents)
        .On("FilterLogEvents", FilterLogEvents);

    private JsonObject PutLogEvents(AwsRequest request)
    {
        var events = request.Body.Objects("logEvents").Select(e => (Long(e, "timestamp") ?? store.Now, e.Text("message") ?? "")).ToList();
        if (events.Count == 0)
        {
            throw new AwsException("InvalidParameterException", "Log events must not be empty");
        }

        store.Events(streamOf(request)).Append(events, store.Now);
        return new() { ["nextSequenceToken"] = Guid.NewGuid().ToString("N") };
    }

    private JsonObject GetLogEvents(AwsRequest request)
    {
        var all = store.Events(streamOf(request)).Read();
        var end = (all.Count > 0 ? all[^1].Number : -1) + 1;
        var (from, to) = (Long(request.Body, "startTime") ?? 0, Long(request.Body, "endTime") ?? long.MaxValue);
        var wanted = all.Where(e => e.Timestamp >= from && e.Timestamp < to);
        var limit = Math.Clamp(request.Body.Int("limit") ?? LargestPage, 1, LargestPage);
        var token = request.Text("nextToken");
        var forward = token?.StartsWith("f/", StringComparison.Ordinal) ?? request.Body.Flag("startFromHead") ?? false;
        if (token is not null)
        {
            var place = token.Length > 2 && token[0] is 'f' or 'b' && long.TryParse(token[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new AwsException("InvalidParameterException", "The specified nextToken is invalid.");
            wanted = wanted.Where(e => forward ? e.Number >= place : e.Number < place);
            end = place;
        }
        else if (forward)
        {
            end = 0;
        }

        var page = (forward ? wanted.Take(limit) : wanted.TakeLast(limit)).ToList();
        return new()
        {
            ["events"] = new JsonArray([.. page.Select(e => new JsonObject { ["timestamp"] = e.Timestamp, ["message"] = e.Message, ["ingestionTime"] = e.Ingested })]),
            // An empty page answers its own place again: that is how clients see the end.
            ["nextForwardToken"] = $"f/{(page.Count > 0 ? page[^1].Number + 1 : end)}",
            ["nextBackwardToken"] = $"b/{(page.Count > 0 ? page[0].Number : end)}",
        };
    }

    private JsonObject FilterLogEvents(AwsRequest request)
    {
        var group = groupOf(request);
        var names = request.Body.Texts("logStreamNames");
        var prefix = request.Text("logStreamNamePrefix") ?? "";
        var (from, to) = (Long(request.Body, "startTime") ?? 0, Long(request.Body, "endTime") ?? long.MaxValue);
        var matches = Matcher(request.Text("filterPattern") ?? "");
        var limit = Math.Clamp(request.Body.Int("limit") ?? LargestPage, 1, LargestPage);
        var skip = int.TryParse(request.Text("nextToken"), out var token) ? token : 0;
        var found = store.StreamsOf(group.Name)
            .Where(s => (names.Count == 0 || names.Contains(s.Name)) && s.Name.StartsWith(prefix, StringComparison.Ordinal))
            .SelectMany(s => store.Events(s).Read().Select(e => (Stream: s, Event: e)))
            .Where(x => x.Event.Timestamp >= from && x.Event.Timestamp <= to && matches(x.Event.Message))
            .OrderBy(x => x.Event.Timestamp)
            .ToList();
        var answer = new JsonObject
        {
            ["events"] = new JsonArray([.. found.Skip(skip).Take(limit).Select(x => new JsonObject
            {
                ["logStreamName"] = x.Stream.Name,
                ["timestamp"] = x.Event.Timestamp,
                ["message"] = x.Event.Message,
                ["ingestionTime"] = x.Event.Ingested,
                ["eventId"] = $"{x.Stream.FileName[..32]}{x.Event.Number:D12}",
            })]),
            ["searchedLogStreams"] = new JsonArray(),
        };
        if (skip + limit < found.Count)
        {
            answer["nextToken"] = $"{skip + limit}";
        }

        return answer;
    }

    /// <summary>Terms that must all occur; a quoted term may have spaces; <c>-</c> forbids one, <c>?</c> makes it one of several.</summary>
    private static Func<string, bool> Matcher(string pattern)
    {
        if (pattern.TrimStart().StartsWith('{') || pattern.TrimStart().StartsWith('['))
        {
            throw new AwsException("InvalidParameterException", "The embedded cloud filters by terms; it does not know JSON and column patterns.");
        }

        var terms = new List<(char Kind, string Text)>();
        for (var at = 0; at < pattern.Length;)
        {
            if (char.IsWhiteSpace(pattern[at]))
            {
                at++;
                continue;
            }

            var kind = pattern[at] is '-' or '?' ? pattern[at++] : '+';
            var quoted = at < pattern.Length && pattern[at] == '"';
            var start = quoted ? at + 1 : at;
            var end = quoted ? pattern.IndexOf('"', start) : pattern.IndexOf(' ', start);
            end = end < 0 ? pattern.Length : end;
            terms.Add((kind, pattern[start..end]));
            at = end + 1;
        }

        return message => terms.TrueForAll(t => t.Kind == '?' || message.Contains(t.Text, StringComparison.Ordinal) == (t.Kind == '+'))
            && (!terms.Exists(t => t.Kind == '?') || terms.Exists(t => t.Kind == '?' && message.Contains(t.Text, StringComparison.Ordinal)));
    }

    private static long? Long(JsonObject body, string name) => body.Text(name) is { } text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
