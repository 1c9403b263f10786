using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Ledger;
using Pipeline.Notifications;
using Pipeline.Notifications.Receivers;
using Pipeline.Processes;

namespace Pipeline.Tests.Notifications;

/// <summary>A notice as each kind of receiver is sent it, with words of people who would like to be more than words.</summary>
public sealed class MessageTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [TestCase("<!channel> look")]
    [TestCase("@channel @here @all look")]
    [TestCase("<@U123> <#C123>")]
    [TestCase("<https://evil.example|the run>")]
    [TestCase("[the run](https://evil.example)")]
    [TestCase("https://evil.example/login")]
    [TestCase("<at>everybody</at>")]
    public void Nobody_s_words_mention_a_channel_or_forge_a_link(string words)
    {
        var notice = Notice(words);

        var slack = Texts(SlackMessage.Of(notice)).Where(t => t.Type == "plain_text" || t.Name == "text").Select(t => t.Text);
        var teams = Texts(TeamsMessage.Of(notice)).Where(t => t.Type == "TextRun").Select(t => t.Text);

        // Only the run's own link is markup.
        Assert.That(slack.Concat(teams).Where(t => !t.StartsWith("<https://ci.acme.example/runs/7?", StringComparison.Ordinal)),
            Is.All.Not.Match(@"@\w|://|\]\("));
        Assert.That(slack, Is.All.Not.Contains("<").Or.StartWith("<https://ci.acme.example/runs/7?"));
    }

    [Test]
    public void Slack_is_sent_plain_text_but_for_the_links()
    {
        var message = SlackMessage.Of(Notice("fix: a < b && c > d"));

        Assert.Multiple(() =>
        {
            Assert.That((bool)message["mrkdwn"]!, Is.False);
            Assert.That((string)message["text"]!, Does.StartWith("shop prod: deployed: api v1.0.0 → v1.1.0\n").And.Contain("3333333 fix: a &lt; b &amp;&amp; c &gt; d"));
            Assert.That(Texts(message).Where(t => t.Type == "mrkdwn").Select(t => t.Text), Is.EqualTo(new[] { "<https://ci.acme.example/runs/7?a=1&amp;b=2|run>" }));
        });
    }

    [Test]
    public void Slack_s_limits_hold_for_any_text()
    {
        var message = SlackMessage.Of(Notice(new string('&', 100_000)) with { Headline = new string('<', 10_000), Why = [.. Enumerable.Repeat(new string('@', 10_000), 100)] });

        Assert.That(message["blocks"]!.AsArray(), Has.Count.LessThanOrEqualTo(50));
        Assert.That(Texts(message["blocks"]).Select(t => t.Text.Length), Is.All.LessThanOrEqualTo(3000));
        Assert.That(((string)message["blocks"]![0]!["text"]!["text"]!).Length, Is.LessThanOrEqualTo(150));
    }

    [Test]
    public void Teams_is_sent_a_card()
    {
        var message = TeamsMessage.Of(Notice());

        var card = message["attachments"]![0]!["content"]!;
        Assert.Multiple(() =>
        {
            Assert.That((string?)message["attachments"]![0]!["contentType"], Is.EqualTo("application/vnd.microsoft.card.adaptive"));
            Assert.That((string?)card["type"], Is.EqualTo("AdaptiveCard"));
            Assert.That(card["body"]!.AsArray().Select(b => (string?)b!["type"]).Distinct(), Is.EqualTo(new[] { "RichTextBlock" }), "Markdown means nothing in its runs");
            Assert.That((string?)card["actions"]![0]!["url"], Is.EqualTo("https://ci.acme.example/runs/7?a=1&b=2"));
        });
    }

    [Test]
    public void A_program_is_sent_exactly_these_keys()
    {
        var message = WebhookMessage.Of(Notice());

        Assert.That(message.Select(m => m.Key), Is.EqualTo(new[]
        {
            "version", "id", "test", "cause", "system", "environment", "release", "incident", "at", "headline", "services", "commit", "subject", "by", "reason", "why", "state", "who", "until", "next", "links",
        }), "docs/notifications.md lists them; they are stable");
        Assert.That((string?)message["at"], Is.EqualTo("2026-11-23T12:00:00Z"));
    }

    [Test]
    public void The_signature_is_that_of_the_documented_example() =>
        Assert.That(WebhookMessage.Signature(new Secret("EXAMPLE-key"), "1795435200", Encoding.UTF8.GetBytes("""{"version":1}""")), Is.EqualTo(Example));

    [Test]
    public void Invisible_characters_and_new_lines_are_gone()
    {
        var shown = NoticeText.Shown("a\r\nb\u0007c\u202ed\u200be\u2028f\ud83d\ude00");

        Assert.That(shown, Is.EqualTo("a b c d e f\ud83d\ude00"));
    }

    [Test]
    public void The_same_news_has_the_same_id_and_a_test_is_no_news()
    {
        var notice = Notice();

        Assert.That((notice with { Subject = "another", At = Noon.AddHours(1) }).Id, Is.EqualTo(notice.Id));
        Assert.That(new[] { notice, notice with { Cause = Cause.Failed }, notice with { About = "other" }, notice with { Incident = "1" }, notice with { IsTest = true } }.Select(n => n.Id), Is.Unique);
    }

    /// <summary>printf '%s' '1795435200.{"version":1}' | openssl dgst -sha256 -hmac EXAMPLE-key</summary>
    private const string Example = "v1=e0b42906237113b5b95944e997b2d4ab9a6c477d77a3b4a009c345d74571898f";

    private static Notice Notice(string words = "fix: a bug") => new(Cause.Deployed, "shop", "prod", "prod-20261123-120000-3333333", "shop prod: deployed: api v1.0.0 → v1.1.0", Noon)
    {
        Services = [new ServiceChange("api", "v1.0.0", "v1.1.0", null, "sha256:1")],
        Commit = new string('3', 40),
        Subject = words,
        By = words,
        Reason = words,
        Why = [words],
        State = words,
        Who = [words],
        Next = "./build.sh --target=Status --environment=prod",
        Links = [new NoticeLink("run", new Uri("https://ci.acme.example/runs/7?a=1&b=2"))],
    };

    /// <summary>Every text of a message, with the type of the object that it stands in.</summary>
    private static IEnumerable<(string? Type, string Name, string Text)> Texts(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(m => m.Value is JsonValue value && m.Key is "text" ? [((string?)map["type"], m.Key, value.ToString())] : Texts(m.Value)),
        JsonArray list => list.SelectMany(Texts),
        _ => [],
    };
}
