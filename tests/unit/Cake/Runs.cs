using Cake.Core;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Cake;
using Pipeline.Outcomes;
using Pipeline.Tests.Frosting;

namespace Pipeline.Tests.Cake;

/// <summary>Whole runs of the host: what it prints and what it ends with.</summary>
public sealed class Runs
{
    private Journal _journal = null!;
    private RecordingConsole _console = null!;
    private Func<Arguments, IReadOnlyList<string>?>? _redirect;

    [SetUp]
    public void Start()
    {
        _journal = new Journal();
        _console = new RecordingConsole();
        _redirect = null;
    }

    [Test]
    public void A_good_run_ends_with_0_and_Cake_says_nothing()
    {
        var (code, error) = Run("--target=Fine");

        Assert.That(code, Is.Zero);
        Assert.That(_journal.Lines, Is.EqualTo(new[] { "fine" }));
        Assert.That(_console.Text + error, Is.Empty);
    }

    [Test]
    public void An_expected_failure_ends_with_its_own_code_and_its_own_lines()
    {
        var (code, error) = Run("--target=AfterRefused");

        Assert.That(code, Is.EqualTo((int)ExitCode.Refused));
        Assert.That(error, Is.EqualTo("""
            REFUSED: staging does not run these digests
              why   production deploys what staging has proven
              next  ./build.sh --target=DeployStaging

            """));
        Assert.That(_journal.Lines, Is.Empty);
        Assert.That(_console.Text, Is.Empty);
    }

    [Test]
    public void An_unexpected_failure_ends_with_1_and_shows_no_stack()
    {
        var (code, error) = Run("--target=Broken");

        Assert.That(code, Is.EqualTo((int)ExitCode.Failed));
        Assert.That(error, Is.EqualTo("""
            Unexpected error: a list was empty
              what  System.InvalidOperationException
              next  the same command with --verbosity=diagnostic shows where

            """));
    }

    [Test]
    public void Diagnostic_verbosity_adds_the_stack() =>
        Assert.That(Run("--target=Broken", "--verbosity=diagnostic").Error, Does.Contain("   at ").And.Contain(nameof(Broken)));

    [Test]
    public void Verbose_lets_Cake_speak() =>
        Assert.That(Run("--target=Fine", "--verbosity=verbose").Code, Is.Zero);

    [Test]
    public void An_error_that_a_task_logs_is_shown()
    {
        Run("--target=Complaining");

        Assert.That(_console.Text, Does.Contain("the disk is nearly full"));
    }

    [Test]
    public void A_cancelled_run_ends_with_6()
    {
        var (code, error) = Run("--target=Cancelled");

        Assert.That(code, Is.EqualTo((int)ExitCode.Unknown));
        Assert.That(error, Does.StartWith("Interrupted before the end"));
    }

    [Test]
    public void A_time_out_of_some_call_is_a_failure_not_an_interrupt() =>
        Assert.That(Run("--target=TimedOut").Code, Is.EqualTo((int)ExitCode.Failed));

    [Test]
    public void After_an_interrupt_nothing_new_starts()
    {
        var (code, _) = Run("--target=AfterInterrupt");

        Assert.That(code, Is.EqualTo((int)ExitCode.Unknown));
        Assert.That(_journal.Lines, Is.EqualTo(new[] { "interrupted" }));
    }

    [Test]
    public void A_run_may_end_well_with_another_code() =>
        Assert.That(Run("--target=Planned").Code, Is.EqualTo((int)ExitCode.SomethingToDo));

    [Test]
    public void A_failure_that_is_continued_is_told_and_does_not_count() =>
        Assert.That(Run("--target=FailingAnyway"), Is.EqualTo((0, "An error occurred when executing task 'FailingAnyway'.\n")));

    [Test]
    public void A_skipped_task_says_why()
    {
        Run("--target=AfterNotNeeded");

        Assert.That(_console.Text, Is.EqualTo("NotNeeded    skipped   nothing changed\n"));
    }

    [Test]
    public void A_failing_setup_ends_with_its_own_code()
    {
        var (code, error) = Run(host => host.UseSetup<NotConfigured>(), "--target=Fine");

        Assert.That(code, Is.EqualTo((int)ExitCode.Usage));
        Assert.That(error, Is.EqualTo("pipeline.yml:1  services: missing\n"));
        Assert.That(_journal.Lines, Is.Empty);
    }

    [Test]
    public void A_context_that_cannot_be_made_is_explained()
    {
        var (code, error) = Run(host => host.UseContext<Impossible>(), "--target=Fine");

        Assert.That(code, Is.EqualTo((int)ExitCode.Failed));
        Assert.That(error, Does.Contain("no context today"));
    }

    [Test]
    public void A_mistake_on_the_command_line_ends_with_2_before_anything_runs()
    {
        var (code, error) = Run("--taget=Fine");

        Assert.That(code, Is.EqualTo((int)ExitCode.Usage));
        Assert.That(error, Is.EqualTo("Unknown option --taget. Did you mean --target? ./build.sh --help lists them.\n"));
        Assert.That(_journal.Lines, Is.Empty);
    }

    [Test]
    public void A_dry_run_shows_the_order_and_runs_nothing()
    {
        Assert.That(Run("--target=AfterNotNeeded", "--dryrun").Code, Is.Zero);
        Assert.That(_console.Text, Does.Contain("AfterNotNeeded"));
        Assert.That(_journal.Lines, Is.Empty);
    }

    [Test]
    public void A_target_may_stand_for_another_one_and_options_go_along()
    {
        _redirect = typed => typed.Targets is ["Broken"] ? ["--target=AfterNotNeeded"] : null;

        Assert.That(Run("--target=Broken", "--dryrun").Code, Is.Zero);
        Assert.That(_console.Text, Does.Contain("AfterNotNeeded").And.Not.Contain("Broken"));
        Assert.That(Run("--target=Fine").Code, Is.Zero, "no other target does");
        Assert.That(_journal.Lines, Is.EqualTo(new[] { "fine" }));
    }

    [Test]
    public void What_stands_for_a_target_is_read_as_strictly_as_what_is_typed()
    {
        _redirect = _ => ["--target=Fine", "--verbosity=loud"];

        Assert.That(Run("--target=Broken", "--verbosity=quiet").Error, Does.StartWith("Unknown value 'loud' of --verbosity."));
    }

    [Test]
    public void A_target_that_stands_for_none_is_refused_with_its_own_code()
    {
        _redirect = _ => throw new PipelineException(ExitCode.Refused, "REFUSED: not here");

        Assert.That(Run("--target=Fine"), Is.EqualTo(((int)ExitCode.Refused, "REFUSED: not here\n")));
    }

    [Test]
    public void What_a_failure_quotes_is_no_command_to_a_CI_host() =>
        Assert.That(Run("--target=Quoting").Error, Is.EqualTo("FAILED\n  log  a\n       :\u200b:error::boom ##\u200b[add-mask]x\n"));

    [Test]
    public void A_tree_is_drawn_quietly_too()
    {
        Assert.That(Run("--tree").Code, Is.Zero);
        Assert.That(_console.Text, Does.Contain("AfterRefused").And.Contain("Refused"));
    }

    [Test]
    public void The_version_is_Cakes()
    {
        Assert.That(Run("--version").Code, Is.Zero);
        Assert.That(_console.Text.Trim(), Is.EqualTo("7.0.0"));
    }

    private (int Code, string Error) Run(params string[] args) => Run(_ => { }, args);

    private (int Code, string Error) Run(Action<CakeHost> configure, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        Type[] tasks =
        [
            typeof(Fine), typeof(Refused), typeof(AfterRefused), typeof(Broken), typeof(Complaining), typeof(Cancelled), typeof(TimedOut),
            typeof(Interrupted), typeof(AfterInterrupt), typeof(Planned), typeof(FailingAnyway), typeof(NotNeeded), typeof(AfterNotNeeded), typeof(Quoting),
        ];
        var line = new CommandLine(tasks.Select(task => new Target(task.Name, "")).ToList(), []);
        var code = PipelineHost.Run(
            args,
            line,
            host =>
            {
                host.ConfigureServices(services =>
                {
                    services.AddSingleton(_journal).AddSingleton<IConsole>(_console).AddSingleton<ICakeEnvironment, OwnEnvironment>();
                    Array.ForEach(tasks, task => services.AddSingleton(typeof(IFrostingTask), task));
                });
                configure(host);
            },
            new Streams(output, error),
            _redirect);
        return (code, error.ToString());
    }

    internal sealed class Quoting : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new PipelineException(ExitCode.Failed, "FAILED", new Detail("log", "a\n\x1b[31m::error::boom ##[add-mask]x"));
    }

    internal sealed class Fine(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("fine");
    }

    internal sealed class Refused : AsyncFrostingTask
    {
        public override Task RunAsync(ICakeContext context) => throw new PipelineException(
            ExitCode.Refused,
            "REFUSED: staging does not run these digests",
            new Detail("why", "production deploys what staging has proven"),
            new Detail("next", "./build.sh --target=DeployStaging"));
    }

    [IsDependentOn(typeof(Refused))]
    internal sealed class AfterRefused(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("after refused");
    }

    internal sealed class Broken : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new InvalidOperationException("a list was empty");
    }

    internal sealed class Complaining : FrostingTask
    {
        public override void Run(ICakeContext context) =>
            context.Log.Write(global::Cake.Core.Diagnostics.Verbosity.Quiet, global::Cake.Core.Diagnostics.LogLevel.Error, "the disk is nearly full");
    }

    internal sealed class Cancelled : AsyncFrostingTask
    {
        public override Task RunAsync(ICakeContext context) => Task.FromCanceled(new CancellationToken(canceled: true));
    }

    internal sealed class TimedOut : AsyncFrostingTask
    {
        public override Task RunAsync(ICakeContext context) => throw new TaskCanceledException("too slow", new TimeoutException());
    }

    internal sealed class Interrupted(Journal journal, Interrupts interrupts) : FrostingTask
    {
        public override void Run(ICakeContext context)
        {
            journal.Add("interrupted");
            interrupts.Interrupt();
        }
    }

    [IsDependentOn(typeof(Interrupted))]
    internal sealed class AfterInterrupt(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add("after interrupt");
    }

    internal sealed class Planned(Outcome outcome) : FrostingTask
    {
        public override void Run(ICakeContext context) => outcome.SucceedWith(ExitCode.SomethingToDo);
    }

    internal sealed class NotConfigured : FrostingSetup
    {
        public override void Setup(ICakeContext context, ISetupContext info) => throw new UsageException("pipeline.yml:1  services: missing");
    }

    internal sealed class Impossible : FrostingContext
    {
        public Impossible(ICakeContext context)
            : base(context) => throw new InvalidOperationException("no context today");
    }
}
