using System.Runtime.Versioning;
using Pipeline.Processes;

namespace Pipeline.Tests.Host;

/// <summary>What build.sh compiles and build.sh itself, in a folder of its own with a space in its name.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class Checkout : IDisposable
{
    private static readonly string[] Files = ["build.sh", "global.json", "Directory.Build.props", "Directory.Packages.props", ".editorconfig"];
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("pipeline-host-");

    private Checkout() => Root = _parent.CreateSubdirectory("a checkout").FullName;

    public string Root { get; }

    public string Elsewhere => _parent.FullName;

    /// <summary>With the sources of this repository.</summary>
    public static Checkout Whole()
    {
        var checkout = Small();
        foreach (var folder in new[] { "build", "src" })
        {
            checkout.Copy(folder);
        }

        return checkout;
    }

    /// <summary>With one source file that nobody can compile: for a dotnet that is not the real one.</summary>
    public static Checkout Small()
    {
        var checkout = new Checkout();
        foreach (var file in Files)
        {
            File.Copy(Path.Combine(Repository(), file), Path.Combine(checkout.Root, file));
        }

        checkout.Write("src/One.cs", "one");
        checkout.Write("build/Two.cs", "two");
        return checkout;
    }

    public void Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>A program called dotnet that does what the text says, found before any other.</summary>
    public string PathWithDotnet(string script)
    {
        var tools = Directory.CreateDirectory(Path.Combine(Elsewhere, "tools")).FullName;
        var file = Path.Combine(tools, "dotnet");
        File.WriteAllText(file, "#!/bin/sh\n" + script);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return tools + ":" + Environment.GetEnvironmentVariable("PATH");
    }

    /// <summary>Nothing but what build.sh needs before it looks for dotnet.</summary>
    public string PathWithoutDotnet()
    {
        var tools = Directory.CreateDirectory(Path.Combine(Elsewhere, "few tools")).FullName;
        foreach (var name in new[] { "bash", "dirname", "find", "cksum", "sort", "tr", "mkdir" })
        {
            var folder = Environment.GetEnvironmentVariable("PATH")!.Split(':').First(candidate => File.Exists(Path.Combine(candidate, name)));
            File.CreateSymbolicLink(Path.Combine(tools, name), Path.Combine(folder, name));
        }

        return tools;
    }

    /// <summary>Runs build.sh from another folder.</summary>
    public Task<CommandResult> Build(string? path, params string[] arguments) => ChildProcess.Run(
        new Command("/bin/bash", [Path.Combine(Root, "build.sh"), .. arguments], Elsewhere)
        {
            Environment = path is null ? new Dictionary<string, string?>() : new Dictionary<string, string?> { ["PATH"] = path },
            Timeout = TimeSpan.FromMinutes(10),
        },
        TestContext.CurrentContext.CancellationToken);

    public void Dispose() => _parent.Delete(recursive: true);

    private static string Repository()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    private void Copy(string folder)
    {
        var from = new DirectoryInfo(Path.Combine(Repository(), folder));
        foreach (var file in from.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(Repository(), file.FullName);
            if (!name.Split('/').Any(part => part is "bin" or "obj"))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, name))!);
                file.CopyTo(Path.Combine(Root, name), overwrite: true);
            }
        }

        File.Delete(Path.Combine(Root, "src/One.cs"));
        File.Delete(Path.Combine(Root, "build/Two.cs"));
    }
}
