using System.Globalization;
using System.Net;
using Pipeline.Notifications;

namespace Pipeline.Configuration;

/// <summary>Makes the model of who is told what from its validated section.</summary>
internal static class NotificationReader
{
    private const string Key = "notifications";
    private static readonly string[] Kinds = ["slack", "teams", "webhook", "sns", "email"];

    public static IReadOnlyList<ContactGroup> Read(SectionReader environment) => [.. environment.Named(Key).Select(g => Group(g.Name, g.Section))];

    /// <summary>What must hold between the keys of an environment's groups, with the base values under them.</summary>
    /// <param name="overlay">what the environment itself says</param>
    public static void Check(string environment, MapNode? overlay, MapNode effective, Mistakes mistakes)
    {
        foreach (var group in (effective[Key] as MapNode)?.Entries ?? [])
        {
            // What stands at the top is said once, not for every environment.
            var own = (overlay?[Key] as MapNode)?[group.Key] is not null;
            var path = $"{(own ? $"environments.{environment}." : "")}{Key}.{group.Key}";
            var receivers = (group.Value as MapNode)?["receivers"];
            if (receivers is null)
            {
                mistakes.Add(group.Line, $"{path}.receivers", "is missing: nobody receives what this group is told; give it a receiver, e.g. { chat: { slack: env:SLACK_URL } }, or remove the group");
            }

            foreach (var receiver in (receivers as MapNode)?.Entries ?? [])
            {
                Check(receiver.Value as MapNode ?? new MapNode([], receiver.Line), receiver.Line, $"{path}.receivers.{receiver.Key}", (effective["region"] as ScalarNode)?.Text, mistakes);
            }
        }
    }

    private static void Check(MapNode receiver, int line, string path, string? region, Mistakes mistakes)
    {
        var kinds = Kinds.Where(kind => receiver[kind] is not null).ToList();
        if (kinds.Count != 1)
        {
            mistakes.Add(line, path, kinds.Count == 0 ? $"says not what it is: give it one of {string.Join(", ", Kinds)}" : $"has {string.Join(" and ", kinds)}; a receiver is one of them");
        }

        foreach (var (kind, keys) in new[] { ("webhook", new[] { "url", "key" }), ("email", ["host", "from", "to"]) })
        {
            foreach (var key in receiver[kind] is { } section ? keys.Where(k => (section as MapNode)?[k] is null) : [])
            {
                mistakes.Add(receiver[kind]!.Line, $"{path}.{kind}.{key}", "is missing");
            }
        }

        if (receiver["sns"] is ScalarNode topic && region is not null && topic.Text.Split(':').ElementAtOrDefault(3) is { Length: > 0 } elsewhere && elsewhere != region)
        {
            mistakes.Add(topic.Line, $"{path}.sns", $"the topic is in {elsewhere}, the environment in {region}");
        }

        if (receiver["email"] is MapNode mail)
        {
            CheckMail(mail, $"{path}.email", mistakes);
        }
    }

    private static void CheckMail(MapNode mail, string path, Mistakes mistakes)
    {
        if (mail["security"] is ScalarNode { Text: "none" } none && mail["host"] is ScalarNode host && !IsHere(host.Text))
        {
            mistakes.Add(none.Line, $"{path}.security", $"'none' sends everything readable, to '{host.Text}' over the network; only a server on this machine (localhost) may be told so: 'starttls' or 'tls'");
        }

        if (mail["user"] is null != mail["password"] is null)
        {
            mistakes.Add(mail.Line, $"{path}.{(mail["user"] is null ? "user" : "password")}", "is missing: 'user' and 'password' go together");
        }

        if (mail["to"] is ListNode { Items.Count: 0 } nobody)
        {
            mistakes.Add(nobody.Line, $"{path}.to", "names nobody");
        }
    }

    private static bool IsHere(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static ContactGroup Group(string name, SectionReader group) => new(
        name,
        group.Has("causes") ? [.. group.Texts("causes").Distinct().Select(Causes.Of)] : Enum.GetValues<Cause>(),
        [.. group.Named("receivers").Select(r => Receiver(r.Name, r.Section))]);

    private static Receiver Receiver(string name, SectionReader receiver)
    {
        var (webhook, mail) = (receiver.OptionalSection("webhook"), receiver.OptionalSection("email"));
        return receiver.OptionalText("slack") is { } slack ? new SlackReceiver(name, Source(slack))
            : receiver.OptionalText("teams") is { } teams ? new TeamsReceiver(name, Source(teams))
            : receiver.OptionalText("sns") is { } topic ? new TopicReceiver(name, topic)
            : webhook is not null ? new WebhookReceiver(name, Source(webhook.Text("url")), Source(webhook.Text("key")))
            : Mail(name, mail!);
    }

    private static MailReceiver Mail(string name, SectionReader mail)
    {
        var security = Enum.Parse<MailSecurity>(mail.Text("security"), ignoreCase: true);
        var port = mail.OptionalText("port") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : security switch { MailSecurity.StartTls => 587, MailSecurity.Tls => 465, _ => 25 };
        return new(name, mail.Text("host"), port, security, mail.Text("from"), mail.Texts("to"))
        {
            Login = mail.OptionalText("user") is { } user ? new(Source(user), Source(mail.Text("password"))) : null,
        };
    }

    private static SecretSource Source(string text) => SecretSource.Parse(text)!;
}
