using Build;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Cake;

var commandLine = new CommandLine(Target.In(typeof(Program).Assembly), Options.Known);
var runner = new Runner(Environment.GetEnvironmentVariable);
return PipelineHost.Run(
    args,
    commandLine,
    host => host.ConfigureServices(services => services.AddSingleton(runner)).UseContext<BuildContext>().UseLifetime<Lifetime>().UseTaskLifetime<TaskLifetime>(),
    runner.Redirect);
