using Cake.Core;
using Cake.Frosting;

namespace Pipeline.Tests.Frosting;

public sealed class Lifetimes
{
    [Test]
    public void A_lifetime_surrounds_the_run()
    {
        var run = new HostRun().Task<Clean>();
        run.Host.UseLifetime<Whole>();

        Assert.That(run.Run("--target=Clean"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "setup for Clean", "clean", "teardown, successful: True" }));
    }

    [Test]
    public void A_teardown_runs_after_a_failure_and_knows_it()
    {
        var run = new HostRun().Task<Failing>();
        run.Host.UseLifetime<Whole>();

        Assert.That(run.Run("--target=Failing"), Is.EqualTo(1));
        Assert.That(run.Journal.Lines.Last(), Is.EqualTo("teardown, successful: False"));
    }

    [Test]
    public void Setup_and_teardown_may_be_classes_of_their_own()
    {
        var run = new HostRun().Task<Clean>();
        run.Host.UseSetup<Before>().UseTeardown<After>();

        Assert.That(run.Run("--target=Clean"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "before", "clean", "after" }));
    }

    [Test]
    public void A_task_lifetime_surrounds_each_task_skipped_ones_too()
    {
        var run = new HostRun().Task<NotNeeded>().Task<AfterNotNeeded>();
        run.Host.UseTaskLifetime<Each>();

        Assert.That(run.Run("--target=AfterNotNeeded"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[]
        {
            "> NotNeeded", "< NotNeeded, skipped: True", "> AfterNotNeeded", "after not needed", "< AfterNotNeeded, skipped: False",
        }));
    }

    [Test]
    public void Task_setup_and_task_teardown_may_be_classes_of_their_own()
    {
        var run = new HostRun().Task<Clean>();
        run.Host.UseTaskSetup<BeforeEach>().UseTaskTeardown<AfterEach>();

        Assert.That(run.Run("--target=Clean"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "before Clean", "clean", "after Clean" }));
    }

    [Test]
    public void A_lifetime_gets_the_context_of_ones_own()
    {
        var run = new HostRun().Task<Clean>();
        run.Host.UseContext<SpecialContext>().UseLifetime<Coloured>();

        Assert.That(run.Run("--target=Clean"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "setup green", "clean", "teardown green" }));
    }

    public sealed class Whole(Journal journal) : FrostingLifetime
    {
        public override void Setup(ICakeContext context, ISetupContext info) => journal.Add($"setup for {info.TargetTask.Name}");

        public override void Teardown(ICakeContext context, ITeardownContext info) => journal.Add($"teardown, successful: {info.Successful}");
    }

    public sealed class Coloured(Journal journal) : FrostingLifetime<SpecialContext>
    {
        public override void Setup(SpecialContext context, ISetupContext info) => journal.Add($"setup {context.Colour}");

        public override void Teardown(SpecialContext context, ITeardownContext info) => journal.Add($"teardown {context.Colour}");
    }

    public sealed class Before(Journal journal) : FrostingSetup
    {
        public override void Setup(ICakeContext context, ISetupContext info) => journal.Add("before");
    }

    public sealed class After(Journal journal) : FrostingTeardown
    {
        public override void Teardown(ICakeContext context, ITeardownContext info) => journal.Add("after");
    }

    public sealed class Each(Journal journal) : FrostingTaskLifetime
    {
        public override void Setup(ICakeContext context, ITaskSetupContext info) => journal.Add($"> {info.Task.Name}");

        public override void Teardown(ICakeContext context, ITaskTeardownContext info) => journal.Add($"< {info.Task.Name}, skipped: {info.Skipped}");
    }

    public sealed class BeforeEach(Journal journal) : FrostingTaskSetup
    {
        public override void Setup(ICakeContext context, ITaskSetupContext info) => journal.Add($"before {info.Task.Name}");
    }

    public sealed class AfterEach(Journal journal) : FrostingTaskTeardown
    {
        public override void Teardown(ICakeContext context, ITaskTeardownContext info) => journal.Add($"after {info.Task.Name}");
    }
}
