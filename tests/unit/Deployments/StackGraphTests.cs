using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Ledger;

namespace Pipeline.Tests.Deployments;

public sealed class StackGraphTests
{
    [Test]
    public async Task A_stack_starts_after_those_it_depends_on()
    {
        var order = new List<string>();
        await StackGraph.Run([Stack("web", "api"), Stack("api", "network"), Stack("network")], stack =>
        {
            order.Add(stack.Name);
            return Task.FromResult(true);
        });

        Assert.That(order, Is.EqualTo(new[] { "network", "api", "web" }));
    }

    [Test]
    public async Task Independent_stacks_run_side_by_side()
    {
        var both = new TaskCompletionSource();
        var running = 0;
        var ok = await StackGraph.Run([Stack("queues"), Stack("database")], async _ =>
        {
            if (Interlocked.Increment(ref running) == 2)
            {
                both.SetResult();
            }

            await both.Task.WaitAsync(TimeSpan.FromSeconds(30));
            return true;
        });

        Assert.That(ok, Is.True);
    }

    [Test]
    public async Task After_a_failure_nothing_new_starts()
    {
        var started = new List<string>();
        var ok = await StackGraph.Run([Stack("network"), Stack("api", "network"), Stack("web", "api"), Stack("late", "network")], stack =>
        {
            started.Add(stack.Name);
            return Task.FromResult(stack.Name != "api");
        });

        Assert.That(ok, Is.False);
        Assert.That(started, Is.EqualTo(new[] { "network", "api" }));
    }

    [Test]
    public async Task What_runs_when_another_fails_comes_to_its_end()
    {
        var release = new TaskCompletionSource();
        var ended = false;
        var ok = await StackGraph.Run([Stack("slow"), Stack("bad")], async stack =>
        {
            if (stack.Name == "bad")
            {
                release.SetResult();
                return false;
            }

            await release.Task;
            ended = true;
            return true;
        });

        Assert.That((ok, ended), Is.EqualTo((false, true)));
    }

    [Test]
    public void Stacks_that_wait_for_each_other_are_named() => Assert.Multiple(() =>
    {
        Assert.That(StackGraph.Circle([Stack("web", "api"), Stack("api", "migration"), Stack("migration", "api")]), Is.EqualTo(new[] { "api", "migration", "api" }));
        Assert.That(StackGraph.Circle([Stack("web", "api", "network"), Stack("api", "network"), Stack("network")]), Is.Null);
    });

    private static PlannedStack Stack(string name, params string[] dependsOn) =>
        new(new StackSettings(name, "", [], new Dictionary<string, string>()), name, new StackSnapshot("", new Dictionary<string, string>(), new Dictionary<string, string>()), "", null, dependsOn);
}
