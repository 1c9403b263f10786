using System.Text.Json;
using Pipeline.Aws;
using Pipeline.Ledger;

namespace Pipeline.Tests.Ledger;

public sealed class AuditExportTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 10, 2, 0, TimeSpan.Zero);

    [Test]
    public void A_line_is_as_RFC_4180_says() =>
        Assert.That(Csv("said \"no\", twice"), Is.EqualTo(
            "seq,at,action,outcome,by,deployment,text,facts,previous,hash\r\n" +
            "1,2026-11-23T10:02:00.0000000+00:00,approve,done,arn:aws:iam::1:user/alice,prod-1,\"said \"\"no\"\", twice\",a=1; b=2,,ff\r\n"));

    [TestCase("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [TestCase("+1", "'+1")]
    [TestCase("-1", "'-1")]
    [TestCase("@SUM(A1)", "'@SUM(A1)")]
    [TestCase("\t=1", "'\t=1")]
    [TestCase("\r=1", "\"'\r=1\"")]
    [TestCase("a=1", "a=1")]
    [TestCase("two\nlines", "\"two\nlines\"")]
    public void No_cell_is_a_formula(string text, string cell) => Assert.That(Csv(text), Does.Contain($",prod-1,{cell},a=1"));

    [Test]
    public void Json_can_be_verified_again()
    {
        var draft = Entry("x") with { Hash = "" };
        var entry = draft with { Hash = AuditLog.HashOf(draft) };

        var read = JsonSerializer.Deserialize<List<AuditEntry>>(AuditExport.Json([entry]), ObjectStore.Json)!.Single();

        Assert.That(AuditLog.HashOf(read), Is.EqualTo(entry.Hash).And.EqualTo(read.Hash));
    }

    private static string Csv(string text) => AuditExport.Csv([Entry(text)]);

    private static AuditEntry Entry(string text) => new(1, At, new AuditEvent("approve", "done", "arn:aws:iam::1:user/alice", text)
    {
        Deployment = "prod-1",
        Facts = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" },
    }, "", "ff");
}
