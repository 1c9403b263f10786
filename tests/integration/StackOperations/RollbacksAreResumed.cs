using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Outcomes;
using Pipeline.Tests.Contracts;
using Fault = Pipeline.LocalCloud.Protocols.Fault;

namespace Pipeline.Tests.StackOperations;

/// <summary>A rollback whose run dies, at whatever moment, is taken up by the next one and ends as if nothing had happened.</summary>
public sealed class RollbacksAreResumed
{
    private const string Two = "stacks: { a: { template: a.yaml }, b: { template: b.yaml, dependsOn: [a] } }\ndeadlines: { busy: 200ms }";
    private static readonly RollbackRequest Request = new(RollbackTarget.LastGood, "a test wants it", "me") { Incident = "fire" };
    private CloudServer _cloud = null!;

    [OneTimeSetUp]
    public async Task StartCloud() => _cloud = await CheckedCloud.Start();

    [OneTimeTearDown]
    public async Task StopCloud() => await _cloud.DisposeAsync();

    [TearDown]
    public void Calm() => _cloud.Cloud.Faults.Clear();

    [Test]
    public async Task Killed_after_any_write_of_the_ledger_the_next_run_ends_as_an_uninterrupted_one()
    {
        for (var written = 1; ; written++)
        {
            using var system = await Upgraded();
            var expected = (await (await system.Ledger()).Releases(10, CancellationToken.None))[^1].Reached!.Stacks;
            var ended = !await Dies(system, written);

            var result = await system.GoBack(Request);

            var ledger = await system.Ledger();
            var (state, releases) = (await ledger.State(CancellationToken.None), await ledger.Releases(10, CancellationToken.None));
            Assert.Multiple(() =>
            {
                Assert.That(result.Record.Outcome, Is.EqualTo(ReleaseOutcome.Succeeded), $"killed before write {written}");
                Assert.That(state.Stacks, Is.EqualTo(expected), $"killed before write {written}");
                Assert.That((Value(system, "a"), Value(system, "b")), Is.EqualTo(("1", "1")), $"killed before write {written}");
                Assert.That(releases.Count(r => r is { Kind: ReleaseKind.Rollback, Outcome: ReleaseOutcome.Succeeded }), Is.EqualTo(1), $"killed before write {written}");
                Assert.That(releases.Select(r => r.Outcome), Has.None.EqualTo(ReleaseOutcome.Running), $"killed before write {written}");
            });
            if (ended)
            {
                Assert.That(written, Is.GreaterThan(15), "lock, journal, snapshots, both stacks, state, record");
                return;
            }
        }
    }

    [Test]
    public async Task A_rollback_whose_run_died_is_not_taken_up_once_somebody_has_deployed_since()
    {
        using var system = await DiedUnderWay();
        Say(system, "a", "3");
        await system.Deploy();

        var result = await system.GoBack(Request);

        Assert.That((result.Deployed, result.Record.Outcome), Is.EqualTo(((DeploymentResult?)null, ReleaseOutcome.Interrupted)));
        Assert.That(Value(system, "a"), Is.EqualTo("3"));
    }

    [Test]
    public async Task What_a_stack_exports_stays_until_nobody_imports_it()
    {
        using var system = new StackSystem(_cloud, Two);
        Say(system, "a", "1");
        Say(system, "b", "1");
        await system.Deploy();
        system.Write("a.yaml", Template(system, "a", "2") + $"Outputs:\n  Name: {{ Value: !Ref P, Export: {{ Name: {system.Name}-name }} }}\n");
        system.Write("b.yaml", Template(system, "b", "1").Replace("Value: '1'", $"Value: !ImportValue {system.Name}-name", StringComparison.Ordinal));
        await system.Deploy();
        Assert.That(Value(system, "b"), Is.EqualTo($"/{system.Name}/a"));

        // b first: a can not take its export away while b imports it.
        await system.GoBack(Request);
        Assert.That((Value(system, "a"), Value(system, "b")), Is.EqualTo(("1", "1")));

        // And the other way round: by name to where the export was, a has to come first.
        var with = (await (await system.Ledger()).Releases(2, CancellationToken.None))[1];
        await system.GoBack(new RollbackRequest(RollbackTarget.Of(with.Id, null), "on purpose", "me"));
        Assert.That((Value(system, "a"), Value(system, "b")), Is.EqualTo(("2", $"/{system.Name}/a")));
    }

    [Test]
    public async Task What_pipeline_yml_does_not_know_any_more_goes_back_from_the_commit_of_then()
    {
        using var system = await Upgraded();
        system.Write("pipeline.yml", (await File.ReadAllTextAsync(Path.Combine(system.Root, "pipeline.yml"))).Replace(", b: { template: b.yaml, dependsOn: [a] }", "", StringComparison.Ordinal));

        var refusal = Assert.ThrowsAsync<PipelineException>(() => system.GoBack(Request))!;

        Assert.That(refusal.Message, Does.Contain("stack 'b'"));
        Assert.That(refusal.Details.Single(d => d.Label == "next").Text, Does.StartWith("git checkout 000000"));
    }

    private async Task<StackSystem> Upgraded()
    {
        var system = new StackSystem(_cloud, Two);
        foreach (var value in (string[])["1", "2"])
        {
            Say(system, "a", value);
            Say(system, "b", value);
            await system.Deploy();
        }

        return system;
    }

    /// <summary>A rollback that died as soon as its record was written. How many writes come before that is not always the same: the lock is renewed by the clock.</summary>
    private async Task<StackSystem> DiedUnderWay()
    {
        for (var written = 1; ; written++)
        {
            var system = await Upgraded();
            Assert.That(await Dies(system, written), Is.True);
            if ((await (await system.Ledger()).Releases(1, CancellationToken.None)).Single().Kind == ReleaseKind.Rollback)
            {
                return system;
            }

            system.Dispose();
        }
    }

    /// <summary>This process lives on, but the one that it plays is dead: from that write on nothing of it reaches the ledger, nor does it begin anything that it could not write down.</summary>
    /// <returns>whether it died; it did not if no write was left to refuse</returns>
    private async Task<bool> Dies(StackSystem system, int written)
    {
        _cloud.Cloud.Faults.Add(new Fault("s3", "PutObject", FaultKind.Refuse) { Call = written, Times = 1000, Refusal = new AwsException("AccessDenied", "The run is dead.", 403) });
        var died = false;
        try
        {
            await system.GoBack(Request);
        }
        catch (PipelineException)
        {
            died = true;
        }

        _cloud.Cloud.Faults.Clear();
        await LetTheLeaseRunOut(system);
        return died;
    }

    private static async Task LetTheLeaseRunOut(StackSystem system)
    {
        var (store, key) = (await system.Store(), $"environments/{system.Environment}/lock.json");
        if (await store.Get<LockRecord>(key, CancellationToken.None) is { } held)
        {
            await store.Put(key, held.Value with { Expires = DateTimeOffset.UnixEpoch }, CancellationToken.None);
        }
    }

    private static void Say(StackSystem system, string stack, string value) => system.Write($"{stack}.yaml", Template(system, stack, value));

    private static string Template(StackSystem system, string stack, string value) =>
        $"Resources:\n  P:\n    Type: AWS::SSM::Parameter\n    Properties: {{ Name: /{system.Name}/{stack}, Type: String, Value: '{value}' }}\n";

    private string? Value(StackSystem system, string stack) => _cloud.Cloud.Parameters.Store.Resolve($"/{system.Name}/{stack}");
}
