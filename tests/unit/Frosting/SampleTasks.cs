using Cake.Core;
using Cake.Frosting;

namespace Pipeline.Tests.Frosting;

public sealed class Clean(Journal journal) : FrostingTask
{
    public override void Run(ICakeContext context) => journal.Add("clean");
}

[TaskName("Compile-It")]
[TaskDescription("turns sources into programs")]
[IsDependentOn(typeof(Clean))]
public sealed class Compile(Journal journal) : AsyncFrostingTask
{
    public override async Task RunAsync(ICakeContext context)
    {
        await Task.Yield();
        journal.Add("compile");
    }
}

[IsDependentOn(typeof(Compile))]
public sealed class Check(Journal journal) : FrostingTask
{
    public override void Run(ICakeContext context) => journal.Add("check");
}

[IsDependeeOf(typeof(Clean))]
public sealed class Prepare(Journal journal) : FrostingTask
{
    public override void Run(ICakeContext context) => journal.Add("prepare");
}

[IsDependentOn(typeof(Check))]
public sealed class Everything : FrostingTask;

public sealed class SpecialContext(ICakeContext context) : FrostingContext(context)
{
    public string Colour { get; } = "green";
}

public sealed class Paint(Journal journal) : FrostingTask<SpecialContext>
{
    public override void Run(SpecialContext context) => journal.Add(context.Colour);
}

public abstract class PaintSomething(Journal journal) : AsyncFrostingTask<SpecialContext>
{
    public override Task RunAsync(SpecialContext context)
    {
        journal.Add($"{GetType().Name} {context.Colour}");
        return Task.CompletedTask;
    }
}

public sealed class PaintDoor(Journal journal) : PaintSomething(journal);

public sealed class Failing(Journal journal) : FrostingTask
{
    public override void Run(ICakeContext context) => throw new InvalidOperationException("it broke");

    public override void Finally(ICakeContext context) => journal.Add("finally");
}

[IsDependentOn(typeof(Failing))]
public sealed class AfterFailing(Journal journal) : FrostingTask
{
    public override void Run(ICakeContext context) => journal.Add("after failing");
}

public sealed class FailingLater : AsyncFrostingTask
{
    public override async Task RunAsync(ICakeContext context)
    {
        await Task.Yield();
        throw new InvalidOperationException("it broke later");
    }
}

[ContinueOnError]
public sealed class FailingAnyway : FrostingTask
{
    public override void Run(ICakeContext context) => throw new InvalidOperationException("it broke");
}

[IsDependentOn(typeof(FailingAnyway))]
public sealed class AfterFailingAnyway(Journal journal) : FrostingTask
{
    public override void Run(ICakeContext context) => journal.Add("after failing anyway");
}

public sealed class Handling(Journal journal) : FrostingTask
{
    public override void Run(ICakeContext context) => throw new InvalidOperationException("it broke");

    public override void OnError(Exception exception, ICakeContext context) => journal.Add($"handled: {exception.Message}");

    public override void Finally(ICakeContext context) => journal.Add("finally");
}

public sealed class NotHandling(Journal journal) : FrostingTask
{
    public override void Run(ICakeContext context) => throw new InvalidOperationException("it broke");

    public override void OnError(Exception exception, ICakeContext context)
    {
        journal.Add("seen");
        throw new CakeException(7, "worse");
    }
}

public sealed class NotNeeded(Journal journal) : FrostingTask, IFrostingTask
{
    public string SkippedMessage => "nothing changed";

    public override bool ShouldRun(ICakeContext context) => false;

    public override void Run(ICakeContext context) => journal.Add("not needed");
}

[IsDependentOn(typeof(NotNeeded))]
public sealed class AfterNotNeeded(Journal journal) : FrostingTask
{
    public override void Run(ICakeContext context) => journal.Add("after not needed");
}

[IsDependentOn(typeof(DateTime))]
internal sealed class DependsOnNoTask : FrostingTask;

[IsDependeeOf(typeof(DateTime))]
internal sealed class BeforeNoTask : FrostingTask;

/// <summary>Has the interface only, no base class.</summary>
public sealed class Bare(Journal journal) : IFrostingTask
{
    public Task RunAsync(ICakeContext context)
    {
        journal.Add("bare");
        return Task.CompletedTask;
    }

    public bool ShouldRun(ICakeContext context) => true;

    public void OnError(Exception exception, ICakeContext context) => journal.Add("bare error");

    public void Finally(ICakeContext context) => journal.Add("bare finally");
}
