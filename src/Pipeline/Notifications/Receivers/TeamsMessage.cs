using System.Text.Json.Nodes;

namespace Pipeline.Notifications.Receivers;

/// <summary>A notice as an Adaptive Card for a workflow of Teams. Foreign text stands in text runs, where Markdown means nothing.</summary>
internal static class TeamsMessage
{
    public static JsonObject Of(Notice notice) => new()
    {
        ["type"] = "message",
        ["attachments"] = new JsonArray(new JsonObject
        {
            ["contentType"] = "application/vnd.microsoft.card.adaptive",
            ["content"] = Card(notice),
        }),
    };

    private static JsonObject Card(Notice notice) => new()
    {
        ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
        ["type"] = "AdaptiveCard",
        ["version"] = "1.4",
        ["msteams"] = new JsonObject { ["width"] = "Full" },
        ["body"] = new JsonArray(
        [
            Line(Run(NoticeText.Headline(notice), bold: true)),
            .. NoticeText.Rows(notice).Select(row => Line(Run($"{row.Label}  ", bold: true), Run(row.Text, bold: false))),
        ]),
        ["actions"] = new JsonArray([.. notice.Links.Select(l => new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = l.Name, ["url"] = l.Url.AbsoluteUri })]),
    };

    private static JsonObject Line(params JsonNode[] runs) => new() { ["type"] = "RichTextBlock", ["spacing"] = "Small", ["inlines"] = new JsonArray(runs) };

    private static JsonObject Run(string text, bool bold) => new() { ["type"] = "TextRun", ["text"] = text, ["weight"] = bold ? "Bolder" : "Default" };
}
