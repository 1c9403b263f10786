using Pipeline.Configuration;
using Pipeline.Notifications;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Configuration;

public sealed class NotificationReaderTests
{
    [Test]
    public void Every_kind_of_receiver_is_read()
    {
        var groups = Load("""
            notifications:
              devops:
                receivers:
                  chat: { slack: env:SLACK_URL }
                  card: { teams: ssm:/shop/dev/teams }
                  hook: { webhook: { url: "secretsmanager:hook:url", key: "secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:hook-AbCdEf:key" } }
                  topic: { sns: arn:aws:sns:eu-central-1:123456789012:shop-releases }
                  mail: { email: { host: smtp.acme.example, user: env:MAIL_USER, password: env:MAIL_PASSWORD, from: ci@acme.example, to: [a@acme.example] } }
            """).Environment.Notifications;

        Assert.That(groups.Single().Causes, Is.EqualTo(Enum.GetValues<Cause>()), "without causes a group is told everything");
        Assert.That(groups.Single().Receivers, Is.EqualTo(new Receiver[]
        {
            new SlackReceiver("chat", new(SecretStore.Variable, "SLACK_URL", null)),
            new TeamsReceiver("card", new(SecretStore.Parameter, "/shop/dev/teams", null)),
            new WebhookReceiver("hook", new(SecretStore.SecretsManager, "hook", "url"), new(SecretStore.SecretsManager, "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hook-AbCdEf", "key")),
            new TopicReceiver("topic", "arn:aws:sns:eu-central-1:123456789012:shop-releases"),
            groups.Single().Receivers[4],
        }));
        var mail = (MailReceiver)groups.Single().Receivers[4];
        Assert.That((mail.Host, mail.Port, mail.Security, mail.From, mail.Login), Is.EqualTo(("smtp.acme.example", 587, MailSecurity.StartTls, "ci@acme.example", new MailLogin(new(SecretStore.Variable, "MAIL_USER", null), new(SecretStore.Variable, "MAIL_PASSWORD", null)))));
    }

    [Test]
    public void An_environment_lays_its_own_over_the_base()
    {
        const string File = """
            notifications:
              devops:
                causes: [deployed, failed]
                receivers: { chat: { slack: env:SLACK_URL } }
            """;
        const string Overlay = """
                notifications:
                  devops: { causes: [failed] }
                  security: { receivers: { desk: { slack: env:DESK_URL } } }
            """;

        var prod = Load(File, Overlay, "prod").Environment.Notifications;

        Assert.That(prod.Select(g => g.Name), Is.EqualTo(new[] { "devops", "security" }));
        Assert.That(prod[0].Causes, Is.EqualTo(new[] { Cause.Failed }));
        Assert.That(prod[0].Receivers.Single().Name, Is.EqualTo("chat"));
        Assert.That(Load(File, Overlay).Environment.Notifications.Single().Causes, Is.EqualTo(new[] { Cause.Deployed, Cause.Failed }));
    }

    [TestCase("{ slack: https://hooks.slack.example/services/T0/B0/EXAMPLE }", ".slack: must say where the value is kept, never be it (this file is in git): env:VARIABLE, secretsmanager:NAME, secretsmanager:NAME:JSON_KEY or ssm:/NAME")]
    [TestCase("{ email: { host: localhost, security: none, from: a@b.example, to: [a@b.example], user: env:U, password: EXAMPLE-literal } }", ".email.password: must say where the value is kept, never be it (this file is in git): env:VARIABLE, secretsmanager:NAME, secretsmanager:NAME:JSON_KEY or ssm:/NAME")]
    [TestCase("{ slak: env:URL }", ".slak: unknown key; did you mean 'slack'?", ": says not what it is: give it one of slack, teams, webhook, sns, email")]
    [TestCase("{ slack: env:URL, teams: env:URL }", ": has slack and teams; a receiver is one of them")]
    [TestCase("", ": says not what it is: give it one of slack, teams, webhook, sns, email")]
    [TestCase("{ webhook: { url: env:URL } }", ".webhook.key: is missing")]
    [TestCase("{ sns: arn:aws:sns:us-east-1:123456789012:shop }", ".sns: the topic is in us-east-1, the environment in eu-central-1")]
    [TestCase("{ sns: shop-releases }", ".sns: must be the ARN of a topic that is no FIFO topic: arn:aws:sns:REGION:ACCOUNT:NAME, is 'shop-releases'")]
    [TestCase("{ email: { host: smtp.acme.example, security: none, from: a@b.example, to: [a@b.example] } }", ".email.security: 'none' sends everything readable, to 'smtp.acme.example' over the network; only a server on this machine (localhost) may be told so: 'starttls' or 'tls'")]
    [TestCase("{ email: { host: smtp.acme.example, from: a@b.example, to: [a@b.example], user: env:U } }", ".email.password: is missing: 'user' and 'password' go together")]
    [TestCase("{ email: { host: smtp.acme.example, from: nobody, to: [] } }", ".email.from: must be a mail address, is 'nobody'", ".email.to: names nobody")]
    public void A_mistake_in_a_receiver_is_one_line(string receiver, params string[] sentences)
    {
        var refusal = Refusal($"""
            notifications:
              devops:
                receivers:
                  chat: {receiver}
            """);

        Assert.That(refusal.Split('\n')[..^1], Is.EqualTo(sentences.Select(s => $"pipeline.yml:33  notifications.devops.receivers.chat{s}")));
        Assert.That(refusal, Does.Not.Contain("EXAMPLE"), "what may be a secret is not repeated");
    }

    [Test]
    public void A_group_that_nobody_receives_is_a_mistake() =>
        Assert.That(Refusal("notifications:\n  devops: { causes: [failed] }"), Does.StartWith("pipeline.yml:31  notifications.devops.receivers: is missing: nobody receives what this group is told; "));

    [Test]
    public void An_unknown_cause_is_a_mistake() =>
        Assert.That(Refusal("notifications:\n  devops: { causes: [deploied], receivers: { chat: { slack: env:URL } } }"),
            Does.StartWith("pipeline.yml:31  notifications.devops.causes[0]: must be 'approval-wanted' or 'deployed' or 'failed' or 'rollback-failed' or 'trigger-fired' or 'watch-finished' or 'emergency-used', is 'deploied'; did you mean 'deployed'?\n1 error."));

    private static PipelineConfiguration Load(string section, string overlay = "", string environment = "dev")
    {
        using var sandbox = new Sandbox(Sandbox.Valid + overlay + "\n" + section + "\n");
        return ConfigurationLoader.Load(sandbox.Root, environment);
    }

    private static string Refusal(string section) => Assert.Throws<UsageException>(() => Load(section))!.Message;
}
