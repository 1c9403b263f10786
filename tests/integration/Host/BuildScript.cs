using System.Runtime.Versioning;
using Pipeline.Processes;

namespace Pipeline.Tests.Host;

[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "build.sh needs a Unix shell")]
[Order(2)]
public sealed class BuildScript
{
    private const string Compiling = "building the pipeline (first run, or build/ and src/ changed) ...\n";

    // Compiles by writing a host, and runs a host by printing what it was handed.
    private const string Pretending = """
        case "$1" in
          --version) echo 10.0.100 ;;
          msbuild) for a in "$@"; do case "$a" in -p:Folder=*) mkdir -p "${a#-p:Folder=}" && touch "${a#-p:Folder=}/Build.dll" ;; esac; done ;;
          *) shift; printf '[%s]' "$@"; echo; exit 7 ;;
        esac
        """;

    [Test]
    public async Task Arguments_and_exit_code_are_handed_through()
    {
        using var checkout = Checkout.Small();
        var path = checkout.PathWithDotnet(Pretending);

        var first = await checkout.Build(path, "--target=Two Words", "", "$HOME", "*");

        Assert.That(first.ExitCode, Is.EqualTo(7));
        Assert.That(first.Output, Is.EqualTo("[--target=Two Words][][$HOME][*]\n"));
        Assert.That(first.Error, Is.EqualTo(Compiling));
        Assert.That((await checkout.Build(path)).Error, Is.Empty);
    }

    [TestCase("src/One.cs", "changed")]
    [TestCase("src/New.cs", "added")]
    [TestCase("src/One.cs", null)]
    [TestCase("global.json", "{}")]
    public async Task A_change_compiles_again(string file, string? text)
    {
        using var checkout = Checkout.Small();
        var path = checkout.PathWithDotnet(Pretending);
        await checkout.Build(path);

        if (text is null)
        {
            File.Delete(Path.Combine(checkout.Root, file));
        }
        else
        {
            checkout.Write(file, text);
        }

        Assert.That((await checkout.Build(path)).Error, Is.EqualTo(Compiling));
    }

    [Test]
    public async Task A_change_that_is_taken_back_and_outputs_of_other_builds_compile_nothing()
    {
        using var checkout = Checkout.Small();
        var path = checkout.PathWithDotnet(Pretending);
        await checkout.Build(path);
        checkout.Write("src/One.cs", "changed");
        await checkout.Build(path);

        checkout.Write("src/One.cs", "one");
        checkout.Write("src/obj/project.assets.json", "{}");
        checkout.Write("src/bin/One.dll", "");
        checkout.Write("README.md", "hello");

        Assert.That((await checkout.Build(path)).Error, Is.Empty);
    }

    [Test]
    public async Task Without_dotnet_it_says_where_to_get_it()
    {
        using var checkout = Checkout.Small();

        var result = await checkout.Build(checkout.PathWithoutDotnet());

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.StartWith("The pipeline needs the .NET 10 SDK, and there is no dotnet on the PATH.\n").And.Contain("https://dot.net"));
    }

    [Test]
    public async Task With_an_older_SDK_it_says_which_one_is_there()
    {
        using var checkout = Checkout.Small();
        var path = checkout.PathWithDotnet("""[ "$1" = --list-sdks ] && echo "8.0.404 [/usr/share/dotnet/sdk]" && exit 0; exit 145""");

        var result = await checkout.Build(path);

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.StartWith("The pipeline needs the .NET 10 SDK; this machine has 8.0.404").And.Contain("https://dot.net"));
    }

    [Test]
    public async Task Without_a_network_it_says_so()
    {
        using var checkout = Checkout.Small();
        var path = checkout.PathWithDotnet("""
            [ "$1" = --version ] && exit 0
            echo "/a/b.csproj : error NU1301: Unable to load the service index for source https://packages.invalid/index.json. [/a/b.csproj]"
            exit 1
            """);

        var result = await checkout.Build(path);

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.Contain("no network").And.Contain("why   NU1301: Unable to load the service index"));
        Assert.That(Directory.GetDirectories(Path.Combine(checkout.Root, ".pipeline/host")), Is.Empty);
    }

    [Test]
    public async Task A_lock_of_a_dead_process_is_taken_over()
    {
        using var checkout = Checkout.Small();
        var path = checkout.PathWithDotnet(Pretending);
        var gone = await ChildProcess.Run(new Command("/bin/sh", ["-c", "echo $$"], checkout.Root), TestContext.CurrentContext.CancellationToken);
        checkout.Write(".pipeline/host.lock/owner", gone.Output);

        Assert.That((await checkout.Build(path)).ExitCode, Is.EqualTo(7));
        Assert.That(Directory.Exists(Path.Combine(checkout.Root, ".pipeline/host.lock")), Is.False);
    }

    [Test]
    public async Task The_real_thing_compiles_once_for_two_and_keeps_nothing_of_a_broken_change()
    {
        using var checkout = Checkout.Whole();

        var both = await Task.WhenAll(checkout.Build(null, "--version"), checkout.Build(null, "--version"));

        Assert.That(both.Select(result => result.Output), Is.All.EqualTo("7.0.0\n"), string.Join('\n', both.Select(result => result.Error)));
        Assert.That(string.Concat(both.Select(result => result.Error)), Is.EqualTo(Compiling));
        Assert.That(Directory.GetDirectories(checkout.Root, "obj", SearchOption.AllDirectories), Has.None.Contains("/src/"));
        Assert.That(Directory.GetFiles(Path.Combine(checkout.Root, ".pipeline/host"), "Pipeline.LocalCloud.dll", SearchOption.AllDirectories), Has.Length.EqualTo(1));

        var program = Path.Combine(checkout.Root, "build/Program.cs");
        var text = await File.ReadAllTextAsync(program);
        checkout.Write("build/Program.cs", text + "this is no C#");
        var broken = await checkout.Build(null, "--version");

        Assert.That(broken.ExitCode, Is.EqualTo(1));
        Assert.That(broken.Output, Is.Empty);
        Assert.That(broken.Error, Does.Contain("The pipeline does not compile:").And.Match("build/Program.cs.*error CS"));

        checkout.Write("build/Program.cs", text);
        var again = await checkout.Build(null, "--version");

        Assert.That((again.ExitCode, again.Output, again.Error), Is.EqualTo((0, "7.0.0\n", "")));
    }
}
