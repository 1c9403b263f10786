using Cake.Core;
using Cake.Core.Composition;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Packaging;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;

namespace Pipeline.Tests.Frosting;

public sealed class Hosts
{
    [Test]
    public void A_working_directory_is_entered()
    {
        using var folders = new Folders("one", "two");
        var run = new HostRun().Task<Clean>();
        run.Environment.WorkingDirectory = folders.Root;
        run.Host.UseWorkingDirectory("one");

        Assert.That(run.Run("--target=Clean"), Is.Zero);
        Assert.That(run.Environment.WorkingDirectory.FullPath, Is.EqualTo($"{folders.Root}/one"));
    }

    [Test]
    public void The_command_line_has_the_last_word_on_the_working_directory()
    {
        using var folders = new Folders("one", "two");
        var run = new HostRun().Task<Clean>();
        run.Environment.WorkingDirectory = folders.Root;
        run.Host.UseWorkingDirectory("one");

        Assert.That(run.Run("--target=Clean", "--working=two"), Is.Zero);
        Assert.That(run.Environment.WorkingDirectory.FullPath, Is.EqualTo($"{folders.Root}/two"));
    }

    [Test]
    public void A_working_directory_that_does_not_exist_is_refused()
    {
        var run = new HostRun().Task<Clean>();
        run.Host.UseWorkingDirectory("/no/such/folder");

        Assert.That(run.Run("--target=Clean"), Is.EqualTo(1));
        Assert.That(run.Log.Errors, Has.Some.EqualTo("Error: The working directory '/no/such/folder' does not exist."));
    }

    [Test]
    public void A_startup_class_configures_the_services()
    {
        var run = new HostRun();
        run.Host.UseStartup<WithClean>();

        Assert.That(run.Run("--target=Clean"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "clean" }));
    }

    [Test]
    public void A_module_registers_its_services()
    {
        var run = new HostRun();
        run.Host.UseModule<CleanModule>();

        Assert.That(run.Run("--target=Clean"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "clean" }));
    }

    [Test]
    public void Tools_are_handed_to_the_installer_that_can()
    {
        var run = new HostRun().Task<Clean>();
        run.Host.UsePackageInstaller<FooInstaller>().SetToolPath("/tools").InstallTool(new Uri("foo:?package=Bar&version=1.2.3"));

        Assert.That(run.Run("--target=Clean"), Is.EqualTo(1));
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "install Bar into /tools" }));
        Assert.That(run.Log.Errors, Has.Some.EqualTo("Error: Failed to install tool 'Bar'."));
    }

    [Test]
    public void A_tool_that_nobody_can_install_is_refused()
    {
        var run = new HostRun().Task<Clean>();
        run.Host.InstallTool(new Uri("foo:?package=Bar"));

        Assert.That(run.Run("--target=Clean"), Is.EqualTo(1));
        Assert.That(run.Log.Errors, Has.Some.EqualTo("Error: Could not find an installer for the 'foo' scheme."));
    }

    [Test]
    public void A_setting_reaches_the_configuration()
    {
        var run = new HostRun().Task<ReadSetting>();
        run.Host.UseCakeSetting("Colour", "blue");

        Assert.That(run.Run("--target=ReadSetting"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "blue" }));
    }

    [Test]
    public void Verbosity_reaches_the_log()
    {
        var run = new HostRun().Task<Clean>();

        Assert.That(run.Run("--target=Clean", "--verbosity=diagnostic"), Is.Zero);
        Assert.That(run.Log.Verbosity, Is.EqualTo(Verbosity.Diagnostic));
    }

    [Test]
    public void Arguments_reach_the_tasks_also_those_that_share_a_name_with_a_flag()
    {
        var run = new HostRun().Task<ReadArguments>();

        Assert.That(run.Run("--target=ReadArguments", "--version=1.2.3", "--colour=red"), Is.Zero);
        Assert.That(run.Journal.Lines, Is.EqualTo(new[] { "1.2.3 red" }));
    }

    public sealed class ReadSetting(Journal journal, ICakeConfiguration configuration) : FrostingTask
    {
        public override void Run(ICakeContext context) => journal.Add(configuration.GetValue("Colour"));
    }

    public sealed class ReadArguments(Journal journal) : FrostingTask
    {
        public override void Run(ICakeContext context) =>
            journal.Add($"{context.Arguments.GetArguments("version").Single()} {context.Arguments.GetArguments("colour").Single()}");
    }

    public sealed class WithClean : IFrostingStartup
    {
        public void Configure(IServiceCollection services) => services.AddSingleton<IFrostingTask, Clean>();
    }

    public sealed class CleanModule : ICakeModule
    {
        public void Register(ICakeContainerRegistrar registrar) => registrar.RegisterType<Clean>().As<IFrostingTask>().Singleton();
    }

    public sealed class FooInstaller(Journal journal) : IPackageInstaller
    {
        public bool CanInstall(PackageReference package, PackageType type) => package.Scheme == "foo";

        public IReadOnlyCollection<IFile> Install(PackageReference package, PackageType type, DirectoryPath path)
        {
            journal.Add($"install {package.Package} into {path.FullPath}");
            return [];
        }
    }

    private sealed class Folders : IDisposable
    {
        private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("frosting-");

        public Folders(params string[] names) => Array.ForEach(names, name => _root.CreateSubdirectory(name));

        public string Root => _root.FullName.Replace('\\', '/');

        public void Dispose() => _root.Delete(recursive: true);
    }
}
