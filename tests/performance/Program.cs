using Pipeline.Performance;

return args switch
{
    ["change-detection", .. var rest] => await ChangeDetectionBenchmark.Run(rest),
    ["change-detection-repository", var root] => ChangeDetectionBenchmark.Generate(root),
    ["change-detection-once", var root, var commit] => await ChangeDetectionBenchmark.Once(root, commit),
    ["deploy", var root] => await DeployBenchmark.Run(Path.GetFullPath(root)),
    ["deploy-once", var root, var cpu, var memory] => await DeployBenchmark.Once(root, cpu, memory),
    ["shift", var root, .. var rest] => await ShiftBenchmark.Run(Path.GetFullPath(root), rest),
    ["versions", .. var rest] => await VersionBenchmark.Run(rest),
    ["warm", var root] => WarmBenchmark.Run(Path.GetFullPath(root)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        dotnet run -c Release --project tests/performance -- BENCHMARK

          warm FOLDER                           whole commands of a repository whose staging is deployed and unchanged
          deploy FOLDER                         the same change of a deployed staging, by the pipeline and by the AWS CLI
          shift FOLDER [REQUESTS] [PER_SECOND]  default 100000 and 1000; requests at a constant rate through a blue-green shift of a deployed staging's web, and through a rollback
          change-detection [PROJECTS] [FILES]   default 2000 and 50000; what is due, against git's own floor
          change-detection-repository FOLDER    only generates the repository (2000, 50000), to look at
          versions [COMMITS]                    default 100000; planning a release, against git log reading the same messages
          change-detection-once FOLDER COMMIT   one decision in it; the first call records its state as deployed
        """);
    return 2;
}
