using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Deployments;

/// <summary>Whatever becomes of a release is in the audit log.</summary>
public sealed class ReleaseAuditTests : Rehearsed
{
    private const string Developer = "arn:aws:iam::123456789012:user/developer";

    [Test]
    public async Task A_good_and_a_bad_release_are_told_from_the_request_to_the_end()
    {
        Demo.Change("pipeline.yml", "Fault: \"\"", "Fault: crash");
        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("bbbbbbb"))!;

        var audit = (await Demo.Ledger()).Audit;
        var releases = await (await Demo.Ledger()).Releases(2, CancellationToken.None);
        var entries = await audit.Read(CancellationToken.None);
        Assert.That(entries.Select(e => (e.Event.Action, e.Event.Outcome, e.Event.Deployment)), Is.EqualTo(new[]
        {
            ("deploy", "requested", null), ("deploy", "started", releases[1].Id), ("deploy", "done", releases[1].Id),
            ("deploy", "requested", null), ("deploy", "started", releases[0].Id), ("deploy", "failed", releases[0].Id),
        }));
        Assert.Multiple(() =>
        {
            Assert.That(entries.Select(e => e.Event.By), Is.All.EqualTo(Developer));
            Assert.That(releases.Select(r => r.Requester), Is.All.EqualTo(Developer));
            Assert.That(entries[1].Event.Facts["web"], Is.EqualTo(releases[1].Services.Single().ToDigest));
            Assert.That(entries[5].Event.Text, Is.EqualTo(failure.Message));
            Assert.That(entries[5].Event.Facts["exitCode"], Is.EqualTo("4"));
            // The test's console is narrow, and wraps.
            Assert.That(string.Concat(Demo.Printed.Where(c => !char.IsWhiteSpace(c))), Does.Contain($"entry3{entries[2].Hash}").And.Contain($"entry6{entries[5].Hash}"), "the run's output is a second witness");
        });
        Assert.That(await audit.Verify(CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task A_refusal_is_written_down_and_a_dead_holder_s_lock_too()
    {
        var store = await Demo.Store();
        await using (await EnvironmentLock.Take(store, Rehearsal.Environment, "something else", CancellationToken.None))
        {
            Assert.That(Assert.ThrowsAsync<PipelineException>(() => Demo.Deploy("bbbbbbb"))!.ExitCode, Is.EqualTo(ExitCode.Refused));
        }

        await store.Put($"environments/{Rehearsal.Environment}/lock.json", new LockRecord("gone", "dora@laptop", "laptop", 1, "deploying 1234567", DateTimeOffset.UtcNow.AddHours(-2), DateTimeOffset.UtcNow.AddHours(-1), 9), CancellationToken.None);
        await Demo.Deploy("bbbbbbb");

        var events = (await (await Demo.Ledger()).Audit.Read(CancellationToken.None)).Select(e => e.Event).Skip(3).ToList();
        Assert.That(events.Select(e => $"{e.Action} {e.Outcome}"), Is.EqualTo(new[] { "deploy requested", "deploy refused", "deploy requested", "lock done", "deploy started", "deploy done" }));
        Assert.That(events[1].Text, Does.Contain("is being changed by"));
        Assert.That(events[3].Text, Does.Contain("dora@laptop").And.Contain("deploying 1234567"));
    }

    [Test]
    public async Task Nothing_is_deployed_where_it_can_not_be_written_down()
    {
        var bucket = Demo.Configuration.LedgerBucket;
        await Demo.Connection.S3.PutBucketPolicyAsync(bucket, $$"""{"Statement":[{"Sid":"OnlyEncryptedConnections","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::{{bucket}}/environments/*/audit/*"}]}""");

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Demo.Deploy("bbbbbbb"))!;

        Assert.That((refusal.ExitCode, refusal.Message), Is.EqualTo((ExitCode.Refused, "REFUSED: the audit log of staging can not be written, and nothing is done that is not written down.")));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }
}
