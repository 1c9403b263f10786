using Pipeline.Cake;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Cake;

public sealed class CommandLines
{
    private static readonly CommandLine Line = new(
        [
            new Target("Default", "what a developer wants before a push"),
            new Target("DeployDev", "release to dev"),
            new Target("DeployStaging", "release to staging"),
            new Target("Rollback", "go back to a release"),
        ],
        [
            Option.OneOf("environment", "where to", "dev", "staging", "prod"),
            Option.Text("version", "the release to go back to", "VERSION").For("Rollback"),
            Option.Text("reason", "why"),
            Option.Flag("all", "everything, affected or not"),
        ]);

    [Test]
    public void Without_a_target_it_is_Default() =>
        Assert.That(Line.Parse([]).Targets, Is.EqualTo(new[] { "Default" }));

    [TestCase("--target=deploystaging")]
    [TestCase("--target", "DeployStaging")]
    [TestCase("-t", "DEPLOYSTAGING")]
    [TestCase("-t=DeployStaging")]
    public void A_target_is_understood_in_every_spelling(params string[] args) =>
        Assert.That(Line.Parse(args).Targets, Is.EqualTo(new[] { "DeployStaging" }));

    [Test]
    public void Options_have_their_values()
    {
        var arguments = Line.Parse(["--Environment=STAGING", "--reason", "it burns = badly", "--all"]);

        Assert.That(arguments["environment"], Is.EqualTo("staging"));
        Assert.That(arguments["reason"], Is.EqualTo("it burns = badly"));
        Assert.That(arguments.Has("all"), Is.True);
        Assert.That(arguments.Has("version"), Is.False);
        Assert.That(arguments["version"], Is.Null);
    }

    [Test]
    public void Version_with_a_value_is_ours_and_without_one_is_Cakes()
    {
        Assert.That(Line.Parse(["--target=Rollback", "--version=v1.2.3"])["version"], Is.EqualTo("v1.2.3"));
        Assert.That(Line.Parse(["--version"])["version"], Is.Null);
        Assert.That(Line.Parse(["--version"]).ForCake(), Is.EqualTo(new[] { "--version" }));
    }

    [Test]
    public void Cake_is_handed_one_spelling() =>
        Assert.That(
            Line.Parse(["-t", "rollback", "--version", "v1", "--whatif", "-v", "DIAGNOSTIC"]).ForCake(),
            Is.EqualTo(new[] { "--target=Rollback", "--version=v1", "--dryrun", "--verbosity=diagnostic" }));

    [TestCase("Unknown option --taget. Did you mean --target? ./build.sh --help lists them.", "--taget=Default")]
    [TestCase("Unknown option --taget. Did you mean --target? ./build.sh --help lists them.", "--taget", "DeployDev")]
    [TestCase("Unknown option --environmnet. Did you mean --environment? ./build.sh --help lists them.", "--environmnet", "dev")]
    [TestCase("Unknown option --deploydev. Did you mean --target=DeployDev? ./build.sh --help lists them.", "--deploydev")]
    [TestCase("Unknown option --zzz. ./build.sh --help lists them.", "--zzz")]
    [TestCase("Unknown target 'DeployStagin'. Did you mean DeployStaging? ./build.sh --help lists them.", "--target=DeployStagin")]
    [TestCase("Unknown target 'Bogus'. It is one of Default, DeployDev, DeployStaging, Rollback. ./build.sh --help lists them.", "--target=Bogus")]
    [TestCase("Unknown value 'stagign' of --environment. Did you mean staging? ./build.sh --help lists them.", "--environment=stagign")]
    [TestCase("Unknown value 'moon' of --environment. It is one of dev, staging, prod. ./build.sh --help lists them.", "--environment=moon")]
    [TestCase("Unexpected 'DeployDev'. Did you mean --target=DeployDev? ./build.sh --help tells more.", "DeployDev")]
    [TestCase("--target needs a value: --target=NAME. ./build.sh --help tells more.", "--target")]
    [TestCase("--reason needs a value: --reason=TEXT. ./build.sh --help tells more.", "--reason=")]
    [TestCase("--reason needs a value: --reason=TEXT. ./build.sh --help tells more.", "--reason", "--all")]
    [TestCase("--all has no value. ./build.sh --help tells more.", "--all=yes")]
    [TestCase("--reason was given twice. ./build.sh --help tells more.", "--reason=a", "--reason=b")]
    [TestCase("--version is not an option of DeployDev, but of Rollback. ./build.sh --help tells more.", "--target=DeployDev", "--version=v1")]
    public void A_mistake_is_one_sentence(string expected, params string[] args)
    {
        var refusal = Assert.Throws<UsageException>(() => Line.Parse(args))!;

        Assert.That(refusal.Message, Is.EqualTo(expected));
        Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Usage));
    }

    [Test]
    public void All_mistakes_are_told_at_once() =>
        Assert.That(
            Assert.Throws<UsageException>(() => Line.Parse(["--taget=Default", "--environment=moon", "--all=1"]))!.Message,
            Is.EqualTo("""
                Unknown option --taget. Did you mean --target?
                Unknown value 'moon' of --environment. It is one of dev, staging, prod.
                --all has no value.
                3 mistakes. Nothing was run. ./build.sh --help lists targets and options.
                """));

    [Test]
    public void An_option_that_was_never_declared_is_our_mistake() =>
        Assert.That(() => Line.Parse([])["colour"], Throws.ArgumentException);

    [Test]
    public void Help_lists_what_there_is() =>
        Assert.That(Line.Help(), Is.EqualTo("""
            Usage: ./build.sh [--target=NAME] [--option=value ...]

            Targets
              Default                         what a developer wants before a push
              DeployDev                       release to dev
              DeployStaging                   release to staging
              Rollback                        go back to a release

            Options
              --environment=dev|staging|prod  where to
              --version=VERSION               the release to go back to (Rollback)
              --reason=TEXT                   why
              --all                           everything, affected or not

            Options of every target
              --target=NAME                   what to do
              --dryrun                        show what would run, in which order, and run nothing
              --exclusive                     run the target without its dependencies
              --verbosity=quiet|minimal|normal|verbose|diagnostic
                                              how much is said; diagnostic adds stack traces
              --tree                          show which target depends on which
              --description                   show what each target does
              --help                          show this
              --version                       show Cake's version
              --info                          show more about this Cake
            """));
}
