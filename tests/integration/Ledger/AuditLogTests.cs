using System.Text.Json.Nodes;
using Amazon.S3.Model;
using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.LocalCloud;
using Pipeline.Outcomes;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.Ledger;

public sealed class AuditLogTests
{
    private const string Bucket = "ledger";
    private CloudServer _cloud = null!;
    private AwsConnection _connection = null!;
    private ObjectStore _store = null!;
    private AuditLog _log = null!;
    private string _root = "";

    [SetUp]
    public async Task Start()
    {
        _cloud = await CheckedCloud.Start();
        _connection = AwsConnection.ToEmbeddedCloud(_cloud.Cloud.Options.Port, "eu-central-1", "123456789012");
        _store = await new AwsAccount(_connection).Store(Bucket, "prod", CancellationToken.None);
        _log = new AuditLog(_store, "prod", TimeProvider.System);
        _root = Directory.CreateTempSubdirectory("audit-").FullName;
    }

    [TearDown]
    public async Task Stop()
    {
        _connection.Dispose();
        await _cloud.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Test]
    public async Task Entries_are_numbered_chained_and_anchored()
    {
        var written = await Write(4);

        Assert.That((await _log.Read(CancellationToken.None)).Select(e => e.Hash), Is.EqualTo(written.Select(e => e.Hash)));
        Assert.That(written.Select(e => (e.Seq, e.Previous)), Is.EqualTo(new[] { (1L, ""), (2L, written[0].Hash), (3L, written[1].Hash), (4L, written[2].Hash) }));
        Assert.That(await _log.Head(CancellationToken.None), Is.EqualTo(new AuditHead(4, written[3].Hash)));
        Assert.That(await _log.Verify(CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task Many_writers_at_once_make_one_chain()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => new AuditLog(_store, "prod", TimeProvider.System).Append(Event($"writer {i}"), CancellationToken.None)));

        Assert.That(await _log.Verify(CancellationToken.None), Is.Empty);
        Assert.That((await _log.Read(CancellationToken.None)).Select(e => e.Event.Text), Is.EquivalentTo(Enumerable.Range(0, 6).Select(i => $"writer {i}")));
    }

    [Test]
    public async Task A_lagging_head_is_caught_up_with()
    {
        var written = await Write(3);
        await _store.Put("environments/prod/audit-head.json", new AuditHead(1, written[0].Hash), CancellationToken.None);

        var next = await _log.Append(Event("after a dead writer"), CancellationToken.None);

        Assert.That((next.Seq, next.Previous), Is.EqualTo((4L, written[2].Hash)));
        Assert.That(await _log.Verify(CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task A_missing_head_is_looked_for_in_the_list()
    {
        await Write(3);
        await Delete("environments/prod/audit-head.json");
        Assert.That((await _log.Verify(CancellationToken.None)).Single().Text, Does.StartWith("the head of the log is missing"));

        Assert.That((await _log.Append(Event("on"), CancellationToken.None)).Seq, Is.EqualTo(4));
        Assert.That(await _log.Verify(CancellationToken.None), Is.Empty);
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(5)]
    public async Task An_edited_a_torn_and_a_deleted_object_are_named(int seq)
    {
        await Write(5);
        var key = $"environments/prod/audit/{seq:D10}.json";
        var whole = await Text(key);

        var edited = JsonNode.Parse(whole)!;
        edited["event"]!["by"] = "arn:aws:iam::123456789012:user/somebody-else";
        await Put(key, edited.ToJsonString());
        Assert.That((await _log.Verify(CancellationToken.None)).Select(f => f.ToString()), Is.EqualTo(new[] { $"entry {seq}: was edited: it does not have the hash that it carries" }));

        await Put(key, whole[..^20]);
        Assert.That((await _log.Verify(CancellationToken.None)).Select(f => f.ToString()), Is.EqualTo(new[] { $"entry {seq}: is torn or no entry: it can not be read" }));

        await Delete(key);
        Assert.That((await _log.Verify(CancellationToken.None)).Select(f => f.ToString()), Is.EqualTo(new[] { $"entry {seq}: is missing: it was deleted" }));

        await Put(key, whole);
        Assert.That(await _log.Verify(CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task Nothing_begins_where_the_log_can_not_be_written()
    {
        await DenyAudit();

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Trail([]).Begin(Event("begin"), CancellationToken.None))!;

        Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
        Assert.That(refusal.Details.Select(d => d.Text), Has.Some.Contains("untouched"));
    }

    [Test]
    public async Task What_can_not_be_written_in_the_middle_is_kept_loudly_and_delivered_by_the_next()
    {
        var warnings = new List<string>();
        await DenyAudit();

        Assert.That(await Trail(warnings).Note(Event("it happened")), Is.Null);
        Assert.That(warnings.Single(), Does.Contain("could not be written").And.Contain(".pipeline/audit-spool"));
        await _connection.S3.DeleteBucketPolicyAsync(Bucket);
        await Trail(warnings).Begin(Event("next"), CancellationToken.None);

        var entries = await _log.Read(CancellationToken.None);
        Assert.That(entries.Select(e => e.Event.Text), Is.EqualTo(new[] { "it happened", "next" }));
        Assert.That(entries[0].Event.Facts, Does.ContainKey("happened"));
        Assert.That(Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories), Is.Empty);
        Assert.That(await _log.Verify(CancellationToken.None), Is.Empty);
    }

    private AuditTrail Trail(List<string> warnings) => new(_log, _root, warnings.Add);

    private async Task<List<AuditEntry>> Write(int count)
    {
        var written = new List<AuditEntry>();
        for (var i = 1; i <= count; i++)
        {
            written.Add(await _log.Append(Event($"step {i}"), CancellationToken.None));
        }

        return written;
    }

    private static AuditEvent Event(string text) => new("deploy", "done", "arn:aws:iam::123456789012:user/dora", text) { Deployment = "prod-1", Facts = new Dictionary<string, string> { ["plan"] = "6e1f" } };

    /// <summary>S3 refuses, as it does where somebody took the rights away.</summary>
    private async Task DenyAudit() => await _connection.S3.PutBucketPolicyAsync(Bucket, $$"""{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::{{Bucket}}/environments/prod/audit/*"}]}""");

    private async Task<string> Text(string key)
    {
        using var answer = await _connection.S3.GetObjectAsync(Bucket, key);
        using var reader = new StreamReader(answer.ResponseStream);
        return await reader.ReadToEndAsync();
    }

    private async Task Put(string key, string text) => await _connection.S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, ContentBody = text });

    private async Task Delete(string key) => await _connection.S3.DeleteObjectAsync(Bucket, key);
}
