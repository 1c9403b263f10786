using Pipeline.Changes;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Deployments;

/// <summary>Which release a rollback goes to, or why to none: histories as words, oldest first.</summary>
/// <remarks>
/// Each word is a release: its number, what became of it, what it brought. <c>1+a</c> deployed a; <c>2-b</c> failed to and was undone;
/// <c>3!b</c> failed and could not be undone; <c>4?b</c> was killed; <c>5&lt;1</c> rolled back to release 1, <c>6~1</c> was killed while it did.
/// </remarks>
public sealed class RollbackChoiceTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);

    [TestCase("1+a 2+b", ExpectedResult = "1")]
    [TestCase("1+a 2-b 3-c 4+d", ExpectedResult = "1", TestName = "Failed releases in between do not count")]
    [TestCase("1+a 2+b 3-c", ExpectedResult = "1", TestName = "After a failed release the current one is what serves")]
    [TestCase("1+a 2+b 3?c", ExpectedResult = "2", TestName = "After a killed release what ran before it is the last good one")]
    [TestCase("1+a 2+b 3!c", ExpectedResult = "2", TestName = "After a release that could not be undone too")]
    [TestCase("1+a 2+b 3?c 4-c", ExpectedResult = "1", TestName = "What was killed and then undone is gone")]
    [TestCase("1+a 2+b 3<1 4+d", ExpectedResult = "3", TestName = "A rollback that stood is as good as any")]
    [TestCase("1+a 2+b 3<1 4+d 5-e", ExpectedResult = "3")]
    [TestCase("1+a 2+b 3+c 4<2 5+d 6<4 7+e", ExpectedResult = "6", TestName = "Rollbacks of rollbacks do not walk backwards")]
    [TestCase("1+a 2+b 3~1", ExpectedResult = "1", TestName = "A killed rollback goes on to where it went")]
    [TestCase("1+a 2+b 3+c 4~1", ExpectedResult = "1", TestName = "Also when it was told to go further back")]
    [TestCase("1+a 2+b 3<1", ExpectedResult = "REFUSED: what runs was brought by rollback r03 (to r01); a further one goes only to a release that somebody names.")]
    [TestCase("1+a", ExpectedResult = "REFUSED: no release before r01 is known to be good.")]
    [TestCase("1-a", ExpectedResult = "REFUSED: no release ever succeeded here, so there is nothing to go back to.")]
    [TestCase("", ExpectedResult = "REFUSED: no release ever succeeded here, so there is nothing to go back to.")]
    public Task<string> The_last_good_one(string history) => Choose(history, RollbackTarget.LastGood);

    [TestCase("1+a 2+b 3+c", "2", ExpectedResult = "1", TestName = "One that did not come through its watch is passed over")]
    [TestCase("1+a 2+b 3+c", "1 2", ExpectedResult = "REFUSED: no release before r03 is known to be good.")]
    [TestCase("1+a 2+b 3<1 4+d", "3", ExpectedResult = "1", TestName = "A rollback that did not survive is passed over, and so is what it left")]
    public Task<string> The_last_one_that_survived(string history, string perished) => Choose(history, RollbackTarget.LastGood, perished);

    [TestCase("1+a 2+b 3<1", "r02", ExpectedResult = "2", TestName = "What a rollback left can be named")]
    [TestCase("1+a 2+b 3<1 4+d", "r01", ExpectedResult = "1")]
    [TestCase("1+a 2-b", "r02", ExpectedResult = "REFUSED: release r02 never succeeded, so there is no state of it to bring back.")]
    [TestCase("1+a 2+b", "r02", ExpectedResult = "REFUSED: staging runs what release r02 brought already.")]
    [TestCase("1+a 2+b 3<1", "r01", ExpectedResult = "REFUSED: staging runs what release r01 brought already.", TestName = "Brought by another release, it runs all the same")]
    [TestCase("1+a 2+b", "r03", ExpectedResult = "REFUSED: no release of staging is called 'r03'; did you mean 'r02'?")]
    public Task<string> A_named_release(string history, string name) => Choose(history, RollbackTarget.Of(name, null));

    [TestCase("1+a 2+b 3+c", "a", ExpectedResult = "1")]
    [TestCase("1+a 2+b 3<1 4+d", "a", ExpectedResult = "3", TestName = "Brought twice with the same state it is one choice, the newest")]
    [TestCase("1+a 2+b", "r01", ExpectedResult = "1", TestName = "A release's id will do")]
    [TestCase("1+a 2+b", "b", ExpectedResult = "REFUSED: staging runs what release r02 brought already.")]
    [TestCase("1+a 2-b 3+c", "b", ExpectedResult = "REFUSED: release r02 never succeeded, so there is no state of it to bring back.")]
    [TestCase("1+a 2+b", "x9", ExpectedResult = "REFUSED: no release of staging brought version 'x9'.")]
    [TestCase("1+a 2+b 3+a' 4+c", "a", ExpectedResult = "REFUSED: version a was brought by 2 releases with different states.")]
    public Task<string> A_version(string history, string version) => Choose(history, RollbackTarget.Of(null, version));

    [TestCase("v1.3.0", ExpectedResult = "1")]
    [TestCase("1.3.0", ExpectedResult = "1", TestName = "The v may be left out")]
    [TestCase("1.3", ExpectedResult = "REFUSED: no release of staging brought version '1.3'.")]
    [TestCase("c0ffee1", ExpectedResult = "1", TestName = "What has a version can be named by its commit as well")]
    [TestCase("c0ffee", ExpectedResult = "REFUSED: no release of staging brought version 'c0ffee'.", TestName = "By seven digits of it at least")]
    public async Task<string> A_released_version(string version)
    {
        var (state, releases) = Read("1+a 2+b");
        List<ReleaseRecord> named = [releases[0], releases[1] with { Commit = "c0ffee1234", Services = [releases[1].Services[0] with { To = "v1.3.0" }] }];
        return await Said(new RollbackChoice("staging", new RollbackHistory(state, named), (_, _) => Task.FromResult(true), Start).Of(RollbackTarget.Of(null, version), CancellationToken.None));
    }

    [Test]
    public void A_refusal_lists_what_there_is_with_age_version_and_verdict()
    {
        var refusal = Assert.ThrowsAsync<PipelineException>(() => Choice("1+a 2-b 3+c 4<1", "").Of(RollbackTarget.Of(null, "x9"), CancellationToken.None))!;

        Assert.That(refusal.Details.Single(d => d.Label == "known").Text.Split('\n'), Is.EqualTo(new[]
        {
            "r04   1 h old   web a   runs now",
            "r03   2 h old   web c   left by rollback r04",
            "r02   3 h old   web b   failed and was rolled back",
            "r01   4 h old   web a   runs now",
        }));
    }

    [Test]
    public void Two_targets_are_one_too_many() => Assert.Throws<UsageException>(() => RollbackTarget.Of("last-good", "a"));

    private static Task<string> Choose(string history, RollbackTarget target, string perished = "") => Said(Choice(history, perished).Of(target, CancellationToken.None));

    private static async Task<string> Said(Task<ReleaseRecord> choice)
    {
        try
        {
            return (await choice).Id.TrimStart('r', '0');
        }
        catch (PipelineException e) when (e.ExitCode == ExitCode.Refused)
        {
            return e.Message;
        }
    }

    private static RollbackChoice Choice(string words, string perished)
    {
        var (state, releases) = Read(words);
        return new RollbackChoice("staging", new RollbackHistory(state, releases), (r, _) => Task.FromResult(!perished.Split(' ').Contains(r.Id.TrimStart('r', '0'))), Start.AddHours(releases.Count));
    }

    private static (EnvironmentState State, IReadOnlyList<ReleaseRecord> Releases) Read(string words)
    {
        var (state, releases) = (EnvironmentState.Empty, new List<ReleaseRecord>());
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var id = $"r0{word[0]}";
            var back = word[1] is '<' or '~' ? releases.Single(r => r.Id == $"r0{word[2]}") : null;
            var brought = back?.Services[0].To ?? word[2..3];
            // a' is version a with other parameters.
            var reached = back?.Reached ?? new ReachedState(
                new Dictionary<string, ServiceRecord> { ["web"] = new(new RunningService("", "", new ServiceInputs("", new Dictionary<string, string>()), $"sha256:{brought}", brought), id, Start, "", 1) },
                new Dictionary<string, string> { ["web"] = word[2..] });
            var record = new ReleaseRecord(id, "staging", "c0ffee", "", false, "me", Start.AddHours(releases.Count))
            {
                Kind = back is null ? ReleaseKind.Deployment : ReleaseKind.Rollback,
                BackTo = back?.Id,
                Outcome = word[1] switch { '+' or '<' => ReleaseOutcome.Succeeded, '-' => ReleaseOutcome.RolledBack, '!' => ReleaseOutcome.RollbackFailed, _ => ReleaseOutcome.Interrupted },
                Reached = word[1] is '+' or '<' ? reached : null,
                Services = [new ServiceChange("web", null, brought, null, "")],
            };
            releases.Insert(0, record);
            state = record.Reached is null ? state : state with { Services = reached.Services, Stacks = reached.Stacks, Release = id };
        }

        return (state, releases);
    }
}
