using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Pipeline.Notifications;

namespace Pipeline.Tests.Notifications;

/// <summary>Receivers over HTTP, answering as receivers do: well, badly, late, never.</summary>
public sealed class WebhookTests
{
    private const string Key = "EXAMPLE-key-of-the-hook";
    private const string Hook = """
          devops:
            receivers: { hook: { webhook: { url: env:HOOK_URL, key: env:HOOK_KEY } } }
        """;

    [Test]
    public async Task One_that_answers_well_is_asked_once()
    {
        await using var listener = await Listener.Start();
        using var ground = To(listener.Url());

        var delivery = await ground.Tell();

        Assert.That(delivery, Is.EqualTo(new Delivery("deployed", "devops", "hook", true, 1, null)));
        var json = listener.Received.Single().Json;
        Assert.Multiple(() =>
        {
            Assert.That((string?)json["cause"], Is.EqualTo("deployed"));
            Assert.That((string?)json["release"], Is.EqualTo("staging-20261123-120000-3f2c1ab"));
            Assert.That((string?)json["services"]![0]!["to"], Is.EqualTo("v1.1.0"));
            Assert.That((string?)json["links"]![0]!["url"], Is.EqualTo("https://ci.acme.example/runs/7?a=1&b=2"));
        });
    }

    [Test]
    public async Task The_signature_is_what_an_independent_program_works_out()
    {
        await using var listener = await Listener.Start();
        using var ground = To(listener.Url());
        await ground.Tell(ground.Notice("fix: 'quotes', \"more\" and ünïcode"));
        var received = listener.Received.Single();
        var timestamp = received.Headers["X-Pipeline-Timestamp"];

        var folder = Directory.CreateTempSubdirectory("hook-");
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "body"), received.Body);
        // As docs/notifications.md shows it.
        var start = new ProcessStartInfo(Requires.Program("python3", "python3"), ["-c", "import hashlib, hmac, sys; body = open(sys.argv[3], 'rb').read(); print('v1=' + hmac.new(sys.argv[1].encode(), sys.argv[2].encode() + b'.' + body, hashlib.sha256).hexdigest())", Key, timestamp, Path.Combine(folder.FullName, "body")]) { RedirectStandardOutput = true };
        using var python = Process.Start(start)!;
        var signature = (await python.StandardOutput.ReadToEndAsync()).Trim();
        await python.WaitForExitAsync();
        folder.Delete(recursive: true);

        Assert.That(received.Headers["X-Pipeline-Signature"], Is.EqualTo(signature));
        Assert.That(DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp, CultureInfo.InvariantCulture)), Is.EqualTo(ground.Time.GetUtcNow()));
    }

    [Test]
    public async Task One_that_has_a_fault_first_is_asked_again_after_a_pause()
    {
        await using var listener = await Listener.Start(Listener.Status(500, "starting"), Listener.Status(503), Listener.Status(200));
        using var ground = To(listener.Url());

        var telling = Tell(ground);
        var pauses = await ground.Pass(telling);

        Assert.That(await telling, Is.EqualTo(new Delivery("deployed", "devops", "hook", true, 3, null)));
        Assert.That(pauses, Has.Count.EqualTo(2));
        Assert.That(pauses[0], Is.InRange(TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500)));
        Assert.That(pauses[1], Is.InRange(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1)));
        Assert.That(listener.Received.Select(r => (string?)r.Json["id"]).Distinct().Count(), Is.EqualTo(1), "the receiver can tell that it is the same");
    }

    [Test]
    public async Task One_that_asks_for_patience_gets_it()
    {
        await using var listener = await Listener.Start(Listener.Status(429, "slow down", ("Retry-After", "7")), Listener.Status(200));
        using var ground = To(listener.Url());

        var telling = Tell(ground);
        var pauses = await ground.Pass(telling);

        Assert.That(pauses, Is.EqualTo(new[] { TimeSpan.FromSeconds(7) }));
        Assert.That((await telling).Delivered, Is.True);
    }

    [Test]
    public async Task One_that_asks_for_more_patience_than_there_is_is_given_up_at_once()
    {
        await using var listener = await Listener.Start(Listener.Status(429, "", ("Retry-After", "600")));
        using var ground = To(listener.Url());

        var delivery = await ground.Tell();

        Assert.That((delivery.Attempts, delivery.Error), Is.EqualTo((1, "it answered 429; it asks for 600 s of patience, more than is left")));
    }

    [TestCase(400)]
    [TestCase(404)]
    [TestCase(410)]
    public async Task One_that_will_not_have_it_is_not_asked_again(int status)
    {
        await using var listener = await Listener.Start(Listener.Status(status, "no such channel"));
        using var ground = To(listener.Url());

        var delivery = await ground.Tell();

        Assert.That((delivery.Delivered, delivery.Attempts, delivery.Error), Is.EqualTo((false, 1, $"it answered {status}: no such channel")));
    }

    [Test]
    public async Task One_that_is_always_broken_is_given_up()
    {
        await using var listener = await Listener.Start(Listener.Status(500, "out of order"));
        using var ground = To(listener.Url());

        var delivery = await ground.Tell();

        Assert.That((delivery.Delivered, delivery.Attempts, delivery.Error), Is.EqualTo((false, Limits.Attempts, "it answered 500: out of order")));
    }

    [Test]
    public async Task A_closed_port_is_named_without_its_address()
    {
        using var ground = To(Listener.Closed());

        var delivery = await ground.Tell();

        Assert.That((delivery.Attempts, delivery.Error), Is.EqualTo((Limits.Attempts, "nobody listens there (connection refused)")));
    }

    [Test]
    public async Task One_that_never_answers_has_five_seconds_an_attempt()
    {
        await using var listener = await Listener.Start(Listener.Nothing, Listener.Status(200));
        using var ground = To(listener.Url());

        var telling = Tell(ground);
        await Poll.Until(() => Task.FromResult(listener.Received.Count == 1), "it was asked");
        ground.Time.Advance(Limits.Attempt);
        await ground.Pass(telling);

        Assert.That(await telling, Is.EqualTo(new Delivery("deployed", "devops", "hook", true, 2, null)));
    }

    [Test]
    public async Task All_of_it_ends_after_thirty_seconds()
    {
        await using var listener = await Listener.Start(Listener.Nothing);
        using var ground = To(listener.Url());

        var telling = Tell(ground);
        await Poll.Until(() => Task.FromResult(listener.Received.Count == 1), "it was asked");
        ground.Time.Advance(Limits.Whole);

        Assert.That(await telling, Is.EqualTo(new Delivery("deployed", "devops", "hook", false, 1, "no answer before its time was over")));
    }

    [Test]
    public async Task A_run_that_is_stopped_waits_for_nobody()
    {
        await using var listener = await Listener.Start(Listener.Nothing);
        using var ground = To(listener.Url());
        using var stop = new CancellationTokenSource();

        var telling = ground.Notifier().Try(ground.Notice(), ground.Configuration.Environment.Notifications, stop.Token);
        await Poll.Until(() => Task.FromResult(listener.Received.Count == 1), "it was asked");
        await stop.CancelAsync();

        Assert.That((await telling).Single().Delivered, Is.False);
    }

    [Test]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await Listener.Start();
        await using var listener = await Listener.Start(Listener.Status(307, "", ("Location", elsewhere.Url("/stolen"))));
        using var ground = To(listener.Url());

        var delivery = await ground.Tell();

        Assert.That((delivery.Attempts, delivery.Error), Is.EqualTo((1, "it answered 307: redirects are not followed, give the final address")));
        Assert.That(elsewhere.Received, Is.Empty);
    }

    [TestCase(200)]
    [TestCase(403)]
    public async Task An_answer_without_end_is_not_read_to_its_end(int status)
    {
        await using var listener = await Listener.Start(Listener.Endless(status, $"{new string('x', 1000)} {Key} "));
        using var ground = To(listener.Url());

        var delivery = await ground.Tell();

        Assert.That((delivery.Delivered, delivery.Attempts), Is.EqualTo((status == 200, 1)));
        Assert.That(delivery.Error ?? "", Has.Length.LessThan(300));
    }

    [Test]
    public async Task What_it_says_is_shown_without_secrets_and_without_commands_for_the_CI_system()
    {
        await using var listener = await Listener.Start(async context =>
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync($"Cannot POST {context.Request.Path}\n::error::gotcha \u001b[31mred key={Uri.EscapeDataString(Key)} {Convert.ToBase64String(Encoding.UTF8.GetBytes(Key))}");
        });
        using var ground = To(listener.Url());

        var error = (await ground.Tell()).Error!;

        Assert.That(error, Does.StartWith("it answered 403: Cannot POST *** "));
        Assert.That(error, Does.Not.Contain("::error::").And.Not.Contain("\u001b").And.Not.Contain("\n").And.Not.Contain("EXAMPLE"));
    }

    [TestCase("http://chat.acme.example/hooks/EXAMPLE-token")]
    [TestCase("ftp://127.0.0.1/EXAMPLE-token")]
    [TestCase("EXAMPLE-no-address")]
    public async Task An_address_that_would_be_read_on_the_way_is_refused_and_not_shown(string url)
    {
        using var ground = To(url);

        var delivery = await ground.Tell();

        Assert.That((delivery.Attempts, delivery.Error), Is.EqualTo((1, "its address must begin with https:// (http:// only on this machine)")));
    }

    [Test]
    public async Task A_reference_that_leads_nowhere_is_named()
    {
        using var ground = new Ground(Hook, ("HOOK_KEY", Key));

        Assert.That(await ground.Tell(), Is.EqualTo(new Delivery("deployed", "devops", "hook", false, 0, "env:HOOK_URL is not set")));
    }

    [Test]
    public async Task Others_are_told_while_one_does_not_answer()
    {
        await using var good = await Listener.Start();
        await using var never = await Listener.Start(Listener.Nothing);
        using var ground = new Ground("""
              devops:
                receivers: { chat: { slack: env:CHAT }, card: { teams: env:CARD } }
              security:
                receivers: { never: { slack: env:NEVER } }
            """, ("CHAT", good.Url()), ("CARD", good.Url("/cards/EXAMPLE-card-token")), ("NEVER", never.Url()));

        var telling = ground.Notifier().Try(ground.Notice(), ground.Configuration.Environment.Notifications, CancellationToken.None);
        await Poll.Until(() => Task.FromResult(good.Received.Count == 2 && never.Received.Count == 1), "all were asked");
        ground.Time.Advance(Limits.Whole);

        Assert.That((await telling).Select(d => (d.Receiver, d.Delivered)), Is.EqualTo(new[] { ("chat", true), ("card", true), ("never", false) }));
    }

    [Test]
    public async Task No_secret_is_in_anything_that_anybody_is_sent()
    {
        await using var listener = await Listener.Start();
        var (chat, card, hook) = (listener.Url("/chat/EXAMPLE-chat-t0ken/äöü"), listener.Url("/card/EXAMPLE-card-t0ken"), listener.Url("/hook/EXAMPLE-hook-t0ken"));
        const string Token = "EXAMPLE token of the run / with+signs";
        using var ground = new Ground("""
              devops:
                receivers: { chat: { slack: env:CHAT }, card: { teams: env:CARD }, hook: { webhook: { url: env:HOOK_URL, key: env:HOOK_KEY } } }
            """, ("CHAT", chat), ("CARD", card), ("HOOK_URL", hook), ("HOOK_KEY", Key), ("DEPLOY_TOKEN", Token));
        string[] secrets = [chat, card, hook, Key, Token, "EXAMPLE-chat-t0ken", "EXAMPLE-hook-t0ken"];
        var leaky = string.Join(" ", secrets.SelectMany(Forms));
        var notice = ground.Notice(leaky, [.. secrets.SelectMany(Forms)]) with
        {
            Reason = leaky, By = Token, State = $"stopped at {hook}", Next = $"curl {chat}", Who = [Key], Links = [new NoticeLink("hook", new Uri(hook))],
            Headline = $"it failed: {Token} {Key}",
        };

        var deliveries = await ground.Notifier().Try(notice, ground.Configuration.Environment.Notifications, CancellationToken.None);

        Assert.That(deliveries.Select(d => d.Delivered), Is.All.True);
        Assert.That(listener.Received, Has.Count.EqualTo(3));
        foreach (var received in listener.Received)
        {
            // As it was sent, and as it is shown.
            var all = $"{received.Text}\n{string.Join('\n', Texts(received.Json))}".Replace("\u200b", "", StringComparison.Ordinal);
            foreach (var form in secrets.SelectMany(Forms))
            {
                Assert.That(all, Does.Not.Contain(form), received.Path);
            }
        }
    }

    private static IEnumerable<string> Forms(string secret) => [secret, Uri.EscapeDataString(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), System.Net.WebUtility.UrlEncode(secret)];

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(m => Texts(m.Value)),
        JsonArray list => list.SelectMany(Texts),
        null => [],
        _ => [node.ToString()],
    };

    private static Ground To(string url) => new(Hook, ("HOOK_URL", url), ("HOOK_KEY", Key));

    private static async Task<Delivery> Tell(Ground ground) => (await ground.Notifier().Try(ground.Notice(), ground.Configuration.Environment.Notifications, CancellationToken.None)).Single();
}
