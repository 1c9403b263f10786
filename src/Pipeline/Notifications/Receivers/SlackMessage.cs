using System.Text.Json.Nodes;

namespace Pipeline.Notifications.Receivers;

/// <summary>A notice as an incoming webhook of Slack takes it. All foreign text is plain text, escaped; only the links are markup.</summary>
internal static class SlackMessage
{
    private const int LongestHeader = 150;

    public static JsonObject Of(Notice notice) => new()
    {
        // What notifications show, and those who know Slack's messages but not its blocks.
        ["text"] = Escaped(NoticeText.Plain(notice with { Links = [] })),
        ["mrkdwn"] = false,
        ["unfurl_links"] = false,
        ["unfurl_media"] = false,
        ["blocks"] = new JsonArray(
        [
            new JsonObject { ["type"] = "header", ["text"] = Plain(Header(NoticeText.Headline(notice))) },
            .. NoticeText.Rows(notice).Select(row => new JsonObject { ["type"] = "section", ["text"] = Plain($"{row.Label}: {row.Text}") }),
            .. notice.Links.Count == 0 ? [] : new[] { new JsonObject { ["type"] = "section", ["text"] = Links(notice) } },
        ]),
    };

    private static JsonObject Plain(string text) => new() { ["type"] = "plain_text", ["text"] = Escaped(text), ["emoji"] = false };

    private static JsonObject Links(Notice notice) => new()
    {
        ["type"] = "mrkdwn",
        ["text"] = string.Join("   ", notice.Links.Select(l => $"<{Escaped(l.Url.AbsoluteUri).Replace("|", "%7C", StringComparison.Ordinal)}|{Escaped(l.Name)}>")),
        ["verbatim"] = true,
    };

    /// <summary>As much of it as fits once it is escaped: Slack refuses the whole message for a longer one.</summary>
    private static string Header(string text) =>
        Enumerable.Range(0, text.Length + 1).Select(cut => cut == 0 ? text : $"{text[..^cut]}…").First(t => Escaped(t).Length <= LongestHeader);

    /// <summary>The three characters that mean something to Slack.</summary>
    private static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
