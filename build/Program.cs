using Build;
using Cake.Frosting;
using Pipeline.Cake;

var commandLine = new CommandLine(Target.In(typeof(Program).Assembly), Options.All);
return PipelineHost.Run(args, commandLine, host => host.UseContext<BuildContext>());
