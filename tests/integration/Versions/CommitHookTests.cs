using System.Runtime.Versioning;
using Pipeline.Outcomes;
using Pipeline.Processes;
using Pipeline.Tests.Host;
using Pipeline.Versions;

namespace Pipeline.Tests.Versions;

/// <summary>The commit-msg hook in real repositories, with the compiled host.</summary>
[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "hooks are shell scripts")]
public sealed class CommitHookTests
{
    private CompiledHost _host = null!;

    [SetUp]
    public void Begin()
    {
        _host = new CompiledHost();
        _host.Write(".gitignore", "/artifacts/\n/.pipeline/\n");
        Git("init", "--quiet", "--initial-branch=main");
        Git("config", "user.name", "dora");
        Git("config", "user.email", "dora@example.com");
        Git("add", "--all");
        Git("commit", "--quiet", "--message", "feat: begin");
    }

    [TearDown]
    public void End() => _host.Dispose();

    [Test]
    public async Task It_lets_good_messages_through_and_explains_bad_ones()
    {
        Compiled(_host.Root);
        var installed = await _host.Run(new Dictionary<string, string>(), "--target=Doctor", "--install-hook");
        Assert.That(installed.ExitCode, Is.Zero, installed.Error);

        Assert.That((await Commit(_host.Root, "fix(web): keep the cart")).ExitCode, Is.Zero);
        Assert.That((await Commit(_host.Root, "fixup! fix(web): keep the cart")).ExitCode, Is.Zero, "it goes away again with autosquash");
        var bad = await Commit(_host.Root, "feat:no space");

        Assert.That(bad.ExitCode, Is.EqualTo(1));
        Assert.That(bad.Error, Does.Contain("'feat:no space'").And.Contain("fix: write: feat: no space").And.Contain("git commit --no-verify"));
        Assert.That(Git("log", "--format=%s"), Is.EqualTo("fixup! fix(web): keep the cart\nfix(web): keep the cart\nfeat: begin"));
        Assert.That(Git("status", "--porcelain"), Is.Empty);
    }

    [Test]
    public async Task What_git_adds_to_the_file_is_not_the_message()
    {
        var file = _host.Write("MESSAGE", "# Please enter\nfeat: x\n\n# On branch main\n# ------------------------ >8 ------------------------\ndiff --git\nBREAKING CHANGES: y\n");

        Assert.That((await Check(file)).Output, Is.Empty);
        File.WriteAllText(file, "feat: x\n\nBREAKING CHANGES: y\n");
        Assert.That((await Check(file)).Output, Does.Contain("BREAKING CHANGE"), "a warning");
        Assert.That((await Check(_host.Root + "/none")).ExitCode, Is.EqualTo(2));
        Assert.That(File.Exists(Path.Combine(_host.Root, "artifacts", "run.json")), Is.False, "a hook is no run");
    }

    [Test]
    public async Task Where_nothing_is_compiled_it_says_so_and_lets_everything_through()
    {
        await Install();
        var commit = await Commit(_host.Root, "whatever");
        Assert.That((commit.ExitCode, commit.Error), Is.EqualTo((0, "The message was not looked at: the pipeline is not compiled here yet (./build.sh --help compiles it).\n")));
    }

    [Test]
    public async Task It_holds_in_other_work_trees_too()
    {
        Compiled(_host.Root);
        await Install();
        var other = Path.Combine(_host.Root, ".pipeline", "other tree");
        Git("worktree", "add", "--quiet", "-b", "side", other);

        Assert.That((await CommitHook.Find(other, CancellationToken.None)).Owner, Is.EqualTo(HookOwner.Pipeline));
        Assert.That((await Commit(other, "feat:x")).ExitCode, Is.EqualTo(1));
        Assert.That((await Commit(other, "feat: x")).ExitCode, Is.Zero);
    }

    [Test]
    public async Task A_hook_of_somebody_else_stays()
    {
        RealGit.WriteProgram(Path.Combine(_host.Root, ".git/hooks/commit-msg"), "exit 0");
        var hook = await CommitHook.Find(_host.Root, CancellationToken.None);

        Assert.That(hook.Owner, Is.EqualTo(HookOwner.SomebodyElse));
        Assert.That(() => hook.Install(CancellationToken.None), Throws.TypeOf<PipelineException>().With.Message.Contains("is somebody else's"));
        Assert.That(File.ReadAllText(hook.File), Is.EqualTo("#!/bin/sh\nexit 0\n"));
    }

    [Test]
    public async Task It_stands_where_git_looks_for_hooks_and_not_in_folders_of_others()
    {
        Git("config", "core.hooksPath", ".githooks");
        var own = await Install();
        Assert.That(own.File, Is.EqualTo(Path.Combine(_host.Root, ".githooks", "commit-msg")));
        Assert.That((await Commit(_host.Root, "x")).Error, Does.StartWith("The message was not looked at"), "git runs it");

        var shared = Directory.CreateTempSubdirectory("hooks-");
        Git("config", "core.hooksPath", shared.FullName);
        var others = await CommitHook.Find(_host.Root, CancellationToken.None);
        Assert.That(() => others.Install(CancellationToken.None), Throws.TypeOf<PipelineException>());
        Assert.That(shared.EnumerateFileSystemInfos(), Is.Empty);
        shared.Delete();
    }

    [Test]
    public async Task An_older_one_is_replaced()
    {
        var hook = await Install();
        File.AppendAllText(hook.File, "# old\n");
        var old = await CommitHook.Find(_host.Root, CancellationToken.None);
        Assert.That(old.Owner, Is.EqualTo(HookOwner.Outdated));

        await old.Install(CancellationToken.None);

        Assert.That((await CommitHook.Find(_host.Root, CancellationToken.None)).Owner, Is.EqualTo(HookOwner.Pipeline));
    }

    /// <summary>The host as build.sh leaves it.</summary>
    private static void Compiled(string root)
    {
        var host = Path.GetDirectoryName(CompiledHost.Dll)!;
        File.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(Path.Combine(root, ".pipeline/host")).FullName, "1234"), host);
    }

    private async Task<CommitHook> Install() => await (await CommitHook.Find(_host.Root, CancellationToken.None)).Install(CancellationToken.None);

    private Task<CommandResult> Check(string file) => _host.Run(new Dictionary<string, string>(), "--target=Release", $"--message={file}");

    private static Task<CommandResult> Commit(string folder, string message) =>
        ChildProcess.Run(new Command("git", ["commit", "--quiet", "--allow-empty", "--message", message], folder) { Timeout = TimeSpan.FromMinutes(1) }, CancellationToken.None);

    private string Git(params string[] arguments) => RealGit.Run(_host.Root, arguments);
}
