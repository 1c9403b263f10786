using Pipeline.Notifications;

namespace Pipeline.Tests.Notifications;

/// <summary>Mails, in real conversations with a server.</summary>
public sealed class MailTests
{
    private const string Password = "EXAMPLE-mail-password";

    [Test]
    public async Task Without_encryption_on_this_machine()
    {
        await using var server = new MailServer();
        using var ground = To(server, "security: none");

        var delivery = await ground.Tell(ground.Notice("fix: ünïcode\r\nBcc: mallory@acme.example"));

        Assert.That(delivery, Is.EqualTo(new Delivery("deployed", "devops", "mail", true, 1, null)));
        var mail = server.Mails.Single();
        Assert.Multiple(() =>
        {
            Assert.That((mail.From, mail.Encrypted), Is.EqualTo(("ci@acme.example", false)));
            Assert.That(mail.To, Is.EqualTo(new[] { "devops@acme.example", "oncall@acme.example" }), "nobody else");
            Assert.That(mail.Text, Does.Contain("Subject: shop staging: deployed: api v1.0.0").And.Contain("Auto-Submitted: auto-generated").And.Contain("Message-Id: <").And.Not.Contain("\nBcc:"));
        });
    }

    [Test]
    public async Task Over_STARTTLS_with_a_password()
    {
        await using var server = new MailServer { StartTls = true, Password = Password };
        using var ground = To(server, "user: env:MAIL_USER, password: env:MAIL_PASSWORD");

        Assert.That((await Tell(ground, server)).Error, Is.Null);
        Assert.That(server.Mails.Select(m => (m.Encrypted, m.User)), Is.EqualTo(new[] { (true, "ci-sender") }));
        Assert.That(server.Mails.Single().Text, Does.Not.Contain(Password));
    }

    [Test]
    public async Task Over_TLS_from_the_beginning()
    {
        await using var server = new MailServer { Tls = true };
        using var ground = To(server, "security: tls");

        Assert.That((await Tell(ground, server)).Error, Is.Null);
        Assert.That(server.Mails.Single().Encrypted, Is.True);
    }

    [Test]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        await using var server = new MailServer { StartTls = true };
        using var ground = To(server, "security: starttls");

        var delivery = await ground.Tell();

        Assert.That((delivery.Attempts, delivery.Error), Is.EqualTo((1, "the mail server's certificate is not trusted, or it speaks no TLS there")));
        Assert.That(server.Mails, Is.Empty);
    }

    [Test]
    public async Task Nothing_is_sent_in_clear_to_a_server_without_STARTTLS()
    {
        await using var server = new MailServer { Password = Password };
        using var ground = To(server, "user: env:MAIL_USER, password: env:MAIL_PASSWORD");

        var delivery = await ground.Tell();

        Assert.That((delivery.Attempts, delivery.Error), Is.EqualTo((1, "the mail server offers no STARTTLS, and nothing is sent in clear")));
        Assert.That(server.Mails, Is.Empty);
    }

    [Test]
    public async Task A_wrong_password_is_not_tried_again()
    {
        await using var server = new MailServer { StartTls = true, Password = "EXAMPLE-another" };
        using var ground = To(server, "user: env:MAIL_USER, password: env:MAIL_PASSWORD");

        var delivery = await Tell(ground, server);

        Assert.That((delivery.Attempts, delivery.Error), Is.EqualTo((1, "the mail server does not accept user and password")));
    }

    [TestCase("451 4.7.1 greylisted, come back", true, 2)]
    [TestCase("550 5.1.1 nobody here is called so", false, 1)]
    public async Task A_refusal_for_now_is_tried_again_and_one_for_good_is_not(string refusal, bool delivered, int attempts)
    {
        await using var server = new MailServer();
        server.Refusals.Enqueue(refusal);
        using var ground = To(server, "security: none");

        var delivery = await ground.Tell();

        Assert.That((delivery.Delivered, delivery.Attempts), Is.EqualTo((delivered, attempts)), delivery.Error);
    }

    [Test]
    public async Task A_server_that_is_not_there_is_named_by_its_receiver_only()
    {
        using var ground = new Ground(Section(FreePort.Next(), "security: none"));

        var delivery = await ground.Tell();

        Assert.That((delivery.Receiver, delivery.Attempts, delivery.Error), Is.EqualTo(("mail", Limits.Attempts, "nobody listens there (connection refused)")));
    }

    private static async Task<Delivery> Tell(Ground ground, MailServer server) =>
        (await ground.Notifier(trust: (_, certificate, _, _) => certificate?.GetCertHashString() == server.Certificate.GetCertHashString())
            .Try(ground.Notice(), ground.Configuration.Environment.Notifications, CancellationToken.None)).Single();

    private static Ground To(MailServer server, string more) => new(Section(server.Port, more), ("MAIL_USER", "ci-sender"), ("MAIL_PASSWORD", Password));

    private static string Section(int port, string more) => $$"""
          devops:
            receivers: { mail: { email: { host: 127.0.0.1, port: {{port}}, from: ci@acme.example, to: [devops@acme.example, "On Call <oncall@acme.example>"], {{more}} } } }
        """;
}
