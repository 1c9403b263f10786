using System.Reflection;
using Cake.Frosting;

namespace Pipeline.Tests.Frosting;

/// <summary>The stand-in has the public members of the official package, no more and no fewer.</summary>
public sealed class PublicSurface
{
    private const string Official = """
        AsyncFrostingTask : AsyncFrostingTask<ICakeContext>
        AsyncFrostingTask<T> : IFrostingTask
          void Finally(T context)
          void OnError(Exception exception, T context)
          Task RunAsync(T context)
          bool ShouldRun(T context)
        CakeHost
          CakeHost()
          CakeHost AddAssembly(Assembly assembly)
          CakeHost ConfigureServices(Action<IServiceCollection> services)
          static CakeHost Create()
          int Run(IEnumerable<string> args)
        CakeHostExtensions
          static CakeHost InstallTool(CakeHost host, Uri uri)
          static CakeHost SetToolPath(CakeHost host, DirectoryPath path)
          static CakeHost UseCakeSetting(CakeHost host, string key, string value)
          static CakeHost UseContext<TContext>(CakeHost host)
          static CakeHost UseLifetime<TLifetime>(CakeHost host)
          static CakeHost UseModule<TModule>(CakeHost host)
          static CakeHost UsePackageInstaller<TPackageInstaller>(CakeHost host)
          static CakeHost UseSetup<TSetup>(CakeHost host)
          static CakeHost UseStartup<TStartup>(CakeHost host)
          static CakeHost UseTaskLifetime<TLifetime>(CakeHost host)
          static CakeHost UseTaskSetup<TSetup>(CakeHost host)
          static CakeHost UseTaskTeardown<TTeardown>(CakeHost host)
          static CakeHost UseTeardown<TTeardown>(CakeHost host)
          static CakeHost UseWorkingDirectory(CakeHost host, DirectoryPath path)
        ContinueOnErrorAttribute : Attribute
          ContinueOnErrorAttribute()
        FrostingContext : CakeContextAdapter, IFrostingContext
          FrostingContext(ICakeContext context)
        FrostingException : Exception
          FrostingException(string message)
          FrostingException(string message, Exception innerException)
        FrostingLifetime : FrostingLifetime<ICakeContext>
        FrostingLifetime<TContext> : IFrostingLifetime
          void Setup(TContext context, ISetupContext info)
          void Teardown(TContext context, ITeardownContext info)
        FrostingSetup : FrostingSetup<ICakeContext>
        FrostingSetup<TContext> : IFrostingSetup
          void Setup(TContext context, ISetupContext info)
        FrostingTask : FrostingTask<ICakeContext>
        FrostingTask<T> : IFrostingTask
          void Finally(T context)
          void OnError(Exception exception, T context)
          void Run(T context)
          bool ShouldRun(T context)
        FrostingTaskLifetime : FrostingTaskLifetime<ICakeContext>
        FrostingTaskLifetime<TContext> : IFrostingTaskLifetime
          void Setup(TContext context, ITaskSetupContext info)
          void Teardown(TContext context, ITaskTeardownContext info)
        FrostingTaskSetup : FrostingTaskSetup<ICakeContext>
        FrostingTaskSetup<TContext> : IFrostingTaskSetup
          void Setup(TContext context, ITaskSetupContext info)
        FrostingTaskTeardown : FrostingTaskTeardown<ICakeContext>
        FrostingTaskTeardown<TContext> : IFrostingTaskTeardown
          void Teardown(TContext context, ITaskTeardownContext info)
        FrostingTeardown : FrostingTeardown<ICakeContext>
        FrostingTeardown<TContext> : IFrostingTeardown
          void Teardown(TContext context, ITeardownContext info)
        IFrostingContext : ICakeContext
        IFrostingLifetime : IFrostingSetup, IFrostingTeardown
        IFrostingSetup
          void Setup(ICakeContext context, ISetupContext info)
        IFrostingStartup
          void Configure(IServiceCollection services)
        IFrostingTask
          string SkippedMessage
          void Finally(ICakeContext context)
          void OnError(Exception exception, ICakeContext context)
          Task RunAsync(ICakeContext context)
          bool ShouldRun(ICakeContext context)
        IFrostingTaskLifetime : IFrostingTaskSetup, IFrostingTaskTeardown
        IFrostingTaskSetup
          void Setup(ICakeContext context, ITaskSetupContext info)
        IFrostingTaskTeardown
          void Teardown(ICakeContext context, ITaskTeardownContext info)
        IFrostingTeardown
          void Teardown(ICakeContext context, ITeardownContext info)
        IToolInstaller
          void Install(PackageReference tool)
        IsDependeeOfAttribute : Attribute
          IsDependeeOfAttribute(Type type)
          Type Task
        IsDependentOnAttribute : Attribute
          IsDependentOnAttribute(Type type)
          Type Task
        ServiceCollectionExtensions
          static IServiceCollection UseCakeSetting(IServiceCollection services, string key, string value)
          static IServiceCollection UseContext<TContext>(IServiceCollection services)
          static IServiceCollection UseLifetime<TLifetime>(IServiceCollection services)
          static IServiceCollection UseModule<TModule>(IServiceCollection services)
          static IServiceCollection UsePackageInstaller<TPackageInstaller>(IServiceCollection services)
          static IServiceCollection UseSetup<TSetup>(IServiceCollection services)
          static IServiceCollection UseTaskLifetime<TLifetime>(IServiceCollection services)
          static IServiceCollection UseTaskSetup<TSetup>(IServiceCollection services)
          static IServiceCollection UseTaskTeardown<TTeardown>(IServiceCollection services)
          static IServiceCollection UseTeardown<TTeardown>(IServiceCollection services)
          static IServiceCollection UseTool(IServiceCollection services, Uri uri)
          static IServiceCollection UseToolPath(IServiceCollection services, DirectoryPath toolPath)
          static IServiceCollection UseWorkingDirectory(IServiceCollection services, DirectoryPath path)
        TaskDescriptionAttribute : Attribute
          TaskDescriptionAttribute(string description)
          string Description
        TaskNameAttribute : Attribute
          TaskNameAttribute(string name)
          string Name
        """;

    [Test]
    public void It_is_the_official_one() =>
        Assert.That(Ours(), Is.EqualTo(Official.Split('\n')));

    private static List<string> Ours() => typeof(CakeHost).Assembly.GetExportedTypes()
        .OrderBy(Name, StringComparer.Ordinal)
        .SelectMany(type => Members(type).Prepend(Header(type)))
        .ToList();

    private static string Header(Type type)
    {
        var inherited = type.GetInterfaces().SelectMany(parent => parent.GetInterfaces()).Concat(type.BaseType?.GetInterfaces() ?? []);
        var bases = type.GetInterfaces().Except(inherited).Where(parent => parent.IsPublic).OrderBy(Name, StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object))
        {
            bases.Insert(0, parent);
        }

        return Name(type) + (bases.Count == 0 ? "" : " : " + string.Join(", ", bases.Select(Name)));
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var constructors = type.GetConstructors().Select(made => $"{Name(type)}({Parameters(made)})");
        var properties = type.GetProperties(Declared).Select(property => $"{Name(property.PropertyType)} {property.Name}");
        var methods = type.GetMethods(Declared).Where(method => !method.IsSpecialName).OrderBy(method => method.Name, StringComparer.Ordinal)
            .Select(method => $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{Generic(method.GetGenericArguments())}({Parameters(method)})");
        return constructors.Concat(properties).Concat(methods).Select(member => "  " + member);
    }

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}"));

    private static string Name(Type type) => type switch
    {
        _ when type == typeof(void) => "void",
        _ when type == typeof(bool) => "bool",
        _ when type == typeof(int) => "int",
        _ when type == typeof(string) => "string",
        _ => type.Name.Split('`')[0] + Generic(type.GetGenericArguments()),
    };

    private static string Generic(Type[] arguments) => arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Name))}>";
}
