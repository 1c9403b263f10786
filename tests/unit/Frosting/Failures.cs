namespace Pipeline.Tests.Frosting;

public sealed class Failures
{
    [Test]
    public void A_failing_task_ends_the_run_after_its_finally()
    {
        var run = new HostRun().Task<Failing>().Task<AfterFailing>();

        Assert.That(run.Run("--target=AfterFailing"), Is.EqualTo(1));
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "finally" }));
        Assert.That(run.Log.Errors, Has.Some.Contains("it broke"));
    }

    [Test]
    public void An_asynchronous_failure_counts_the_same()
    {
        var run = new HostRun().Task<FailingLater>();

        Assert.That(run.Run("--target=FailingLater"), Is.EqualTo(1));
        Assert.That(run.Log.Errors, Has.Some.Contains("it broke later"));
    }

    [Test]
    public void Continue_on_error_goes_on_and_ends_well()
    {
        var run = new HostRun().Task<FailingAnyway>().Task<AfterFailingAnyway>();

        Assert.That(run.Run("--target=AfterFailingAnyway"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "after failing anyway" }));
    }

    [Test]
    public void An_error_handler_settles_the_failure()
    {
        var run = new HostRun().Task<Handling>();

        Assert.That(run.Run("--target=Handling"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "handled: it broke", "finally" }));
    }

    [Test]
    public void An_error_handler_may_throw_instead()
    {
        var run = new HostRun().Task<NotHandling>();

        Assert.That(run.Run("--target=NotHandling"), Is.Not.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "seen" }));
    }

    [Test]
    public void An_unknown_target_is_named()
    {
        var run = new HostRun().Task<Clean>();

        Assert.That(run.Run("--target=Claen"), Is.EqualTo(1));
        Assert.That(run.Log.Errors, Has.Some.Contains("'Claen'"));
    }

    [Test]
    public void A_missing_dependency_is_named_with_the_task_that_needs_it()
    {
        var run = new HostRun().Task<Compile>();

        Assert.That(run.Run("--target=Compile-It"), Is.EqualTo(1));
        Assert.That(run.Log.Errors, Has.Some.Contains("'Clean'").And.Some.Contains("'Compile-It'"));
    }

    [Test]
    public void A_dependency_that_is_no_task_is_refused()
    {
        var run = new HostRun().Task<DependsOnNoTask>();

        Assert.That(run.Run("--target=DependsOnNoTask"), Is.EqualTo(1));
        Assert.That(run.Log.Errors, Has.Some.EqualTo("Error: The dependency 'DateTime' is not a valid task."));
    }

    [Test]
    public void A_reverse_dependency_that_is_no_task_is_refused()
    {
        var run = new HostRun().Task<BeforeNoTask>();

        Assert.That(run.Run("--target=BeforeNoTask"), Is.EqualTo(1));
        Assert.That(run.Log.Errors, Has.Some.EqualTo("Error: The reverse dependency 'DateTime' is not a valid task."));
    }
}
