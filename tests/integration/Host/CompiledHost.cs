using Pipeline.Ci;
using Pipeline.Processes;

namespace Pipeline.Tests.Host;

/// <summary>The compiled host as a process of its own, for what only variables of the environment can say.</summary>
internal sealed class CompiledHost : IDisposable
{
    private readonly DirectoryInfo _home;
    private readonly bool _isOurs;

    public CompiledHost(string account = "123456789012")
    {
        (_home, _isOurs) = (Directory.CreateTempSubdirectory("host-"), true);
        var folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployments", "system");
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            Write(Path.GetRelativePath(folder, file), File.ReadAllText(file).Replace("\"123456789012\"", $"\"{account}\"", StringComparison.Ordinal));
        }

        Write("web/Web.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
    }

    private CompiledHost(DirectoryInfo home) => _home = home;

    /// <summary>tests/integration/bin/CONFIGURATION/net10.0 → build/bin/CONFIGURATION/net10.0.</summary>
    public static string Dll
    {
        get
        {
            var output = new DirectoryInfo(AppContext.BaseDirectory);
            var root = output;
            while (!File.Exists(Path.Combine(root!.FullName, "Pipeline.sln")))
            {
                root = root.Parent;
            }

            return Path.Combine(root.FullName, "build", "bin", output.Parent!.Name, output.Name, "Build.dll");
        }
    }

    public string Root => _home.FullName;

    /// <summary>For a system that somebody else made, and deletes.</summary>
    public static CompiledHost In(string root) => new(new DirectoryInfo(root));

    public string Write(string name, string text)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs it; nothing that the surroundings say about AWS or a CI runner reaches it.</summary>
    /// <param name="variables">name → value</param>
    public Task<CommandResult> Run(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(k => k.StartsWith("AWS_", StringComparison.Ordinal) || CiProviders.Variables.Contains(k))
            .ToDictionary(k => k, _ => (string?)null);
        environment["PIPELINE_ROOT"] = Root;
        environment["AWS_EC2_METADATA_DISABLED"] = "true";
        environment["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(Root, "no-credentials");
        environment["AWS_CONFIG_FILE"] = Path.Combine(Root, "no-config");
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return ChildProcess.Run(new Command("dotnet", [Dll, .. arguments], Root) { Environment = environment, Timeout = TimeSpan.FromMinutes(2) }, CancellationToken.None);
    }

    public void Dispose()
    {
        if (_isOurs)
        {
            _home.Delete(recursive: true);
        }
    }
}
