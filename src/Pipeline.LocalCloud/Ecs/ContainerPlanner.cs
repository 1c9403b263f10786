using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Ecs.Containers;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.Registry;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>What tasks need of the rest of the cloud.</summary>
/// <param name="Endpoint">the cloud's own URL, for the AWS clients in tasks</param>
/// <param name="ResolveSecret">the value behind a secret's <c>valueFrom</c></param>
/// <param name="Credentials">environment variables with credentials, by role ARN and task id</param>
/// <param name="OpenLog">group, stream, "make the group", ARN maker → writes a line</param>
internal sealed record TaskSurroundings(
    Func<string> Endpoint,
    ImageStore Images,
    Func<string, CancellationToken, Task<string>> ResolveSecret,
    Func<string, string, IReadOnlyDictionary<string, string>> Credentials,
    Func<string, string, bool, Func<string, string, string>, Action<string>> OpenLog)
{
    /// <summary>Runs images that bring an operating system of their own; <c>null</c>: they run as processes.</summary>
    public ContainerEngine? Containers { get; init; }
}

/// <summary>Works out how a container is run: by the Docker engine, or as a process with its program, arguments, folder and environment.</summary>
internal sealed class ContainerPlanner(TaskSurroundings surroundings)
{
    private static readonly string[] Inherited = ["PATH", "LANG", "LC_ALL", "TZ", "DOTNET_ROOT", "SSL_CERT_FILE", "SSL_CERT_DIR"];
    private static readonly string[] ImagePath = ["usr/local/bin", "usr/bin", "bin"];

    /// <param name="container">the definition's members, overrides applied</param>
    /// <param name="home">the task's own folder, gone when it stops</param>
    public async Task<IContainerPlan> Plan(TaskRecord task, JsonObject container, JsonObject definition, ResolvedImage image, IReadOnlyDictionary<int, int> ports, string home, CancellationToken cancel)
    {
        if (!image.BringsSystem || surroundings.Containers is not { } engine)
        {
            return await PlanProcess(task, container, definition, image, ports, home, cancel);
        }

        if (await engine.Missing(cancel) is not { } missing)
        {
            var variables = new Dictionary<string, string>(StringComparer.Ordinal);
            await AddVariables(variables, task, container, definition, ports, cancel);
            return new EnginePlan(engine, await engine.Pull(image, cancel), container, Reservation.Of(definition), variables) { StopSignal = image.Config.Command?.StopSignal ?? "SIGTERM" };
        }

        try
        {
            return await PlanProcess(task, container, definition, image, ports, home, cancel) with { Remark = $"Runs as a process of this machine, not as a container: {missing}." };
        }
        catch (TaskStartFailure failure)
        {
            throw new TaskStartFailure($"{failure.Message} (the image brings a system of its own, but {missing})");
        }
    }

    private async Task<ProcessPlan> PlanProcess(TaskRecord task, JsonObject container, JsonObject definition, ResolvedImage image, IReadOnlyDictionary<int, int> ports, string home, CancellationToken cancel)
    {
        var command = image.Config.Command;
        IReadOnlyList<string> entryPoint = container.Texts("entryPoint") is { Count: > 0 } own ? own : command?.EntryPoint ?? [];
        // As in a container engine: an entry point of the definition drops the image's own arguments.
        IReadOnlyList<string> arguments = container.Texts("command") is { Count: > 0 } given ? given : container.Texts("entryPoint").Count > 0 ? [] : command?.Arguments ?? [];
        IReadOnlyList<string> words = [.. entryPoint, .. arguments];
        if (words.Count == 0)
        {
            throw new TaskStartFailure("CannotStartContainerError: Error response from daemon: No command specified");
        }

        var isDotnet = Path.GetFileName(words[0]) == "dotnet";
        if (!isDotnet && !image.IsOurs && image.Config is { Os: { } os, Architecture: { } architecture } && (os != "linux" || architecture != ImageStore.Architecture))
        {
            throw new TaskStartFailure($"CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/{ImageStore.Architecture}'");
        }

        var root = await surroundings.Images.Unpack(image, cancel);
        var folder = WorkingFolder(root, container.Text("workingDirectory") ?? command?.WorkingFolder);
        return new ProcessPlan(isDotnet ? Dotnet() : Program(words[0], root, folder), [.. words.Skip(1).Select(word => Inside(word, root))], folder, await Environment(task, container, definition, command, ports, home, cancel));
    }

    private static string WorkingFolder(string root, string? folder)
    {
        var path = Path.GetFullPath(Path.Combine(root, (folder ?? "").TrimStart('/')));
        return Directory.Exists(path) && (path + "/").StartsWith(root + "/", StringComparison.Ordinal)
            ? path
            : throw new TaskStartFailure($"CannotStartContainerError: the image has no working directory '{folder}'");
    }

    /// <summary>A path of the container is a path below the unpacked image.</summary>
    private static string Inside(string word, string root) =>
        word.StartsWith('/') && Path.GetFullPath(Path.Combine(root, word.TrimStart('/'))) is var path && path.StartsWith(root, StringComparison.Ordinal) && Path.Exists(path) ? path : word;

    private static string Program(string word, string root, string folder)
    {
        string? file;
        if (word.Contains('/', StringComparison.Ordinal))
        {
            file = word.StartsWith('/') ? Inside(word, root) : Path.GetFullPath(Path.Combine(folder, word));
            // A shell of the machine stands in for one that the image does not have.
            file = File.Exists(file) ? file : throw Cannot($"exec: \"{word}\": stat {word}: no such file or directory");
        }
        else
        {
            file = OnPath(word) ?? ImagePath.Select(bin => Path.Combine(root, bin, word)).FirstOrDefault(File.Exists)
                ?? throw Cannot($"exec: \"{word}\": executable file not found in $PATH");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0)
        {
            throw Cannot($"exec: \"{word}\": permission denied");
        }

        if (!IsRunnable(file))
        {
            throw Cannot($"exec {word}: exec format error");
        }

        return file;
    }

    private static TaskStartFailure Cannot(string what) =>
        new($"CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: {what}: unknown");

    /// <summary>Whether this machine can run the file: a script, or a program for its own kind of processor.</summary>
    private static bool IsRunnable(string file)
    {
        Span<byte> start = stackalloc byte[20];
        using var stream = File.OpenRead(file);
        var count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (count >= 2 && start[0] == '#' && start[1] == '!')
        {
            return true;
        }

        if (count == start.Length && start[..4].SequenceEqual("\u007fELF"u8))
        {
            var machine = RuntimeInformation.OSArchitecture switch { Architecture.X64 => 62, Architecture.Arm64 => 183, _ => -1 };
            return OperatingSystem.IsLinux() && BitConverter.ToUInt16(start[18..]) == machine;
        }

        return OperatingSystem.IsMacOS() && count == start.Length && BitConverter.ToUInt32(start) is 0xfeedfacf or 0xbebafeca;
    }

    private static string? OnPath(string name) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Services for .NET run on the runtime that runs the cloud.</summary>
    private static string Dotnet() =>
        System.Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : OnPath("dotnet") ?? throw Cannot("exec: \"dotnet\": executable file not found in $PATH");

    private async Task<Dictionary<string, string>> Environment(TaskRecord task, JsonObject container, JsonObject definition, ImageCommand? image, IReadOnlyDictionary<int, int> ports, string home, CancellationToken cancel)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in image?.Environment ?? [])
        {
            var at = setting.IndexOf('=', StringComparison.Ordinal);
            all[at < 0 ? setting : setting[..at]] = at < 0 ? "" : setting[(at + 1)..];
        }

        // The image's PATH and runtime are those of its own file system; the process runs on this machine's.
        foreach (var name in Inherited)
        {
            all.Remove(name);
            if (System.Environment.GetEnvironmentVariable(name) is { } value)
            {
                all[name] = value;
            }
        }

        all["HOME"] = home;
        all["TMPDIR"] = home;
        await AddVariables(all, task, container, definition, ports, cancel);
        return all;
    }

    /// <summary>What the cloud adds to the image's own environment.</summary>
    private async Task AddVariables(Dictionary<string, string> all, TaskRecord task, JsonObject container, JsonObject definition, IReadOnlyDictionary<int, int> ports, CancellationToken cancel)
    {
        var region = task.Arn.Split(':')[3];
        all["AWS_EXECUTION_ENV"] = "AWS_ECS_FARGATE";
        all["AWS_REGION"] = region;
        all["AWS_DEFAULT_REGION"] = region;
        all["AWS_ENDPOINT_URL"] = surroundings.Endpoint();
        foreach (var (name, value) in surroundings.Credentials(definition.Text("taskRoleArn") ?? $"arn:aws:iam::{task.Arn.Split(':')[4]}:role/task", task.Id))
        {
            all[name] = value;
        }

        foreach (var variable in container.Objects("environment"))
        {
            all[variable.Text("name") ?? ""] = variable.Text("value") ?? "";
        }

        foreach (var secret in container.Objects("secrets"))
        {
            all[secret.Text("name") ?? ""] = await Secret(secret.Text("valueFrom") ?? "", cancel);
        }

        if (ports.Count > 0)
        {
            all["ASPNETCORE_URLS"] = string.Join(';', ports.Values.Select(port => $"http://127.0.0.1:{port}"));
            all["PORT"] = ports.Values.First().ToString(CultureInfo.InvariantCulture);
            all.Remove("ASPNETCORE_HTTP_PORTS");
        }
    }

    private async Task<string> Secret(string valueFrom, CancellationToken cancel)
    {
        try
        {
            return await surroundings.ResolveSecret(valueFrom, cancel);
        }
        catch (AwsException refusal)
        {
            var (store, kind) = valueFrom.Contains(":secretsmanager:", StringComparison.Ordinal) ? ("asm", "secret") : ("ssm", "secrets");
            throw new TaskStartFailure($"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve {kind} from {store}: service call has been retried 1 time(s): failed to fetch {valueFrom}: {refusal.Code}: {refusal.Message}");
        }
    }
}
