using System.Diagnostics;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Tests.Processes;

[Platform("Unix", Reason = "the children are shell scripts")]
internal sealed class ChildProcessTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("child-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Both_streams_and_the_exit_code_come_back_as_they_were()
    {
        var result = await ChildProcess.Run(Shell("printf 'a\\0b\\n'; echo no >&2; exit 3"), CancellationToken.None);

        Assert.That((result.Output, result.Error, result.ExitCode, result.TimedOut, result.Dropped), Is.EqualTo(("a\0b\n", "no\n", 3, false, 0L)));
    }

    [Test]
    public async Task Arguments_are_never_split_or_expanded()
    {
        var result = await ChildProcess.Run(new Command("printf", ["%s|", "a b", "$HOME", "\"'", ""], _folder), CancellationToken.None);

        Assert.That(result.Output, Is.EqualTo("a b|$HOME|\"'||"));
    }

    [Test]
    public async Task A_flood_is_cut_in_its_middle_and_says_so()
    {
        var result = await ChildProcess.Run(
            Shell("echo first; head -c 30000000 /dev/zero | tr '\\0' x; echo; echo last") with { KeepCharacters = 10_000 }, CancellationToken.None);

        Assert.That(result.Output, Does.StartWith("first\nxxx").And.EndsWith("xxx\nlast\n").And.Contain($"… {result.Dropped} characters dropped …"));
        Assert.That(result.Output, Has.Length.LessThan(10_100));
        Assert.That(result.Dropped, Is.EqualTo(30_000_012 - 10_000));
    }

    [Test]
    public async Task Bytes_that_are_no_text_do_not_stop_it()
    {
        var result = await ChildProcess.Run(Shell("printf 'a\\377\\376b\\n'"), CancellationToken.None);

        Assert.That(result.Output, Is.EqualTo("a\ufffd\ufffdb\n"));
    }

    [Test]
    public async Task Echoed_lines_hold_no_colours_no_workflow_commands_and_no_secrets()
    {
        var lines = new List<string>();
        var command = Shell("printf '\\033[31mred\\033[0m\\n::add-mask::x\\n##[group]y\\ntoken tiger-4711\\n'; printf dGlnZXItNDcxMQ==")
            with { OnLine = lines.Add, PlainText = true, Secrets = new SecretMask(["tiger-4711"]) };

        var result = await ChildProcess.Run(command, CancellationToken.None);

        Assert.That(lines, Has.Count.EqualTo(5));
        Assert.That((lines[0], lines[3], lines[4]), Is.EqualTo(("red", "token ***", "***")));
        Assert.That(lines[1], Does.Not.Contain("::add-mask"));
        Assert.That(lines[2], Does.Not.Contain("##["));
        Assert.That(result.Output, Does.StartWith("red\n").And.Contain("token ***").And.Not.Contain("tiger"));
    }

    [Test]
    public async Task At_the_timeout_everything_below_it_is_gone_even_what_ignores_signals_or_lost_its_parent()
    {
        // The second grandchild's parent ends at once; the first refuses to be asked.
        var script = "trap '' TERM; (trap '' TERM; echo $$ > /dev/null; exec sleep 600) & echo $! > one; sh -c 'sleep 601 & echo $! > two'; echo ready; wait";

        var result = await ChildProcess.Run(Shell(script) with { Timeout = TimeSpan.FromSeconds(2) }, CancellationToken.None);

        Assert.That(result.TimedOut, Is.True);
        await Ended("one");
        if (OperatingSystem.IsLinux())
        {
            // Known by its mark, where the system shows environments.
            await Ended("two");
        }
    }

    [Test]
    public async Task Cancelled_it_ends_the_tree_and_says_so()
    {
        using var cancel = new CancellationTokenSource();
        var command = Shell("sleep 600 & echo $! > one; echo ready; wait") with { OnLine = line => cancel.CancelAfter(0) };

        Assert.That(async () => await ChildProcess.Run(command, cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        await Ended("one");
    }

    [Test]
    public async Task A_survivor_that_holds_the_pipes_does_not_hold_us()
    {
        var result = await ChildProcess.Run(Shell("sleep 600 & echo $! > one; echo done"), CancellationToken.None);

        using var survivor = Process.GetProcessById(Id("one"));
        Assert.That((result.ExitCode, result.Output, result.StreamsLeftOpen), Is.EqualTo((0, "done\n", true)));
        survivor.Kill();
    }

    [Test]
    public void An_exception_of_the_listener_comes_out_after_the_child_has_ended() =>
        Assert.That(
            async () => await ChildProcess.Run(Shell("seq 100000") with { OnLine = _ => throw new InvalidOperationException("listener") }, CancellationToken.None),
            Throws.InvalidOperationException.With.Message.EqualTo("listener"));

    [Test]
    public void A_missing_program_or_folder_is_a_sentence()
    {
        Assert.That(async () => await ChildProcess.Run(new Command("no-such-program", [], _folder), CancellationToken.None), Throws.TypeOf<PipelineException>().With.Message.Contains("'no-such-program'"));
        Assert.That(async () => await ChildProcess.Run(new Command("sh", [], _folder + "/none"), CancellationToken.None), Throws.TypeOf<PipelineException>().With.Message.Contains("does not exist"));
    }

    [TestCase("tiger/4711+é\"x")]
    [TestCase("line one 123\nline two 456")]
    public void A_secret_is_hidden_in_every_form(string value)
    {
        var mask = new SecretMask([value]);
        var bytes = System.Text.Encoding.UTF8.GetBytes(value);
        string[] forms =
        [
            value, System.Text.Json.JsonSerializer.Serialize(value), Uri.EscapeDataString(value), System.Net.WebUtility.UrlEncode(value), Convert.ToBase64String(bytes),
            Convert.ToBase64String([.. "user:"u8, .. bytes]), Convert.ToBase64String([.. "u:"u8, .. bytes]), Convert.ToBase64String([.. "us:"u8, .. bytes]),
        ];

        foreach (var form in forms)
        {
            var shown = mask.Apply($"<{form}>");
            Assert.That(shown, Does.Contain("***"), form);
            Assert.That(shown, Has.Length.LessThan(16), $"{form}: at most the digits that it shares with its neighbours are left");
        }
    }

    private Command Shell(string script) => new("sh", ["-c", script], _folder);

    private int Id(string file) => int.Parse(File.ReadAllText(Path.Combine(_folder, file)), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Gone, or a dead entry that nobody has asked for yet; a killed process may take a moment to die.</summary>
    private Task Ended(string file) => Poll.Until(
        async () =>
        {
            var state = await ChildProcess.Run(new Command("ps", ["-o", "stat=", "-p", $"{Id(file)}"], _folder), CancellationToken.None);
            return state.Output.Trim() is "" or ['Z', ..];
        },
        $"process '{file}' is gone");
}
