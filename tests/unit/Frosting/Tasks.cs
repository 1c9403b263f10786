using Cake.Frosting;

namespace Pipeline.Tests.Frosting;

public sealed class Tasks
{
    [Test]
    public void Dependencies_run_first_and_once()
    {
        var run = new HostRun().Task<Check>().Task<Compile>().Task<Clean>().Task<Everything>();

        var code = run.Run("--target", "Everything");

        Assert.That(code, Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "clean", "compile", "check" }));
    }

    [Test]
    public void A_target_is_found_by_its_own_name_in_any_case()
    {
        var run = new HostRun().Task<Compile>().Task<Clean>();

        Assert.That(run.Run("--target=compile-it"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "clean", "compile" }));
    }

    [Test]
    public void A_dependee_runs_before_the_task_it_names()
    {
        var run = new HostRun().Task<Clean>().Task<Prepare>();

        Assert.That(run.Run("--target=Clean"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "prepare", "clean" }));
    }

    [Test]
    public void Several_targets_share_their_dependencies()
    {
        var run = new HostRun().Task<Clean>().Task<Compile>().Task<Check>();

        Assert.That(run.Run("--target=Compile-It", "--target=Check"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "clean", "compile", "check" }));
    }

    [Test]
    public void Exclusive_leaves_the_dependencies_out()
    {
        var run = new HostRun().Task<Clean>().Task<Compile>();

        Assert.That(run.Run("--target=Compile-It", "--exclusive"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "compile" }));
    }

    [Test]
    public void A_dry_run_runs_no_body()
    {
        var run = new HostRun().Task<Clean>().Task<Compile>();

        Assert.That(run.Run("--target=Compile-It", "--dryrun"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.Empty);
        Assert.That(run.Log.Lines.Select(line => line.Text), Has.Some.Contains("Compile-It"));
    }

    [Test]
    public void A_tree_shows_the_tasks_and_runs_none()
    {
        var run = new HostRun().Task<Clean>().Task<Compile>();

        Assert.That(run.Run("--tree"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.Empty);
        Assert.That(run.Console.Text, Does.Contain("Compile-It").And.Contain("Clean"));
    }

    [Test]
    public void A_context_of_ones_own_reaches_the_task()
    {
        var run = new HostRun().Task<Paint>().Task<PaintDoor>();
        run.Host.UseContext<SpecialContext>();

        Assert.That(run.Run("--target=Paint", "--target=PaintDoor"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "green", "PaintDoor green" }));
    }

    [Test]
    public void A_task_for_another_context_is_left_out_with_a_warning()
    {
        var run = new HostRun().Task<Paint>().Task<Clean>();

        Assert.That(run.Run("--target=Clean"), Is.Zero);
        Assert.That(run.Log.Lines.Select(line => line.Text), Has.Some.EqualTo($"Task cannot be used since the context isn't convertible to {typeof(SpecialContext).FullName}."));
    }

    [Test]
    public void A_skipped_task_does_not_stop_the_one_that_depends_on_it()
    {
        var run = new HostRun().Task<NotNeeded>().Task<AfterNotNeeded>();

        Assert.That(run.Run("--target=AfterNotNeeded"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "after not needed" }));
    }

    [Test]
    public void A_skipped_target_is_an_error()
    {
        var run = new HostRun().Task<NotNeeded>();

        Assert.That(run.Run("--target=NotNeeded"), Is.EqualTo(1));
    }

    [Test]
    public void A_task_may_have_the_interface_only()
    {
        var run = new HostRun().Task<Bare>();

        Assert.That(run.Run("--target=Bare"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "bare", "bare finally" }));
    }

    [Test]
    public void Public_tasks_of_an_added_assembly_are_found()
    {
        var run = new HostRun();
        run.Host.AddAssembly(typeof(Tasks).Assembly);

        Assert.That(run.Run("--target=Check"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "prepare", "clean", "compile", "check" }));
    }

    [Test]
    public void Internal_tasks_of_an_added_assembly_are_not()
    {
        var run = new HostRun();
        run.Host.AddAssembly(typeof(Tasks).Assembly);

        Assert.That(run.Run($"--target={nameof(Hidden)}"), Is.EqualTo(1));
        Assert.That(run.Log.Errors, Has.Some.Contains("'Hidden'"));
    }

    internal sealed class Hidden : FrostingTask;
}
