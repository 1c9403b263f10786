using Build;
using Cake.Frosting;
using Pipeline.Cake;

var commandLine = new CommandLine(Target.In(typeof(Program).Assembly), Options.Known);
return PipelineHost.Run(args, commandLine, host => host.UseContext<BuildContext>().UseLifetime<Lifetime>());
