using Pipeline.Bootstrap;
using Pipeline.Configuration;
using Repository = Pipeline.Tests.Configuration.Repository;

namespace Pipeline.Tests.Bootstrap;

public sealed class BootstrapFilesTests
{
    [TestCase("infra/bootstrap.yaml")]
    [TestCase("infra/access.yaml")]
    public void The_committed_template_is_what_the_tables_and_the_configuration_say(string path)
    {
        var configuration = ConfigurationLoader.Load(Repository.Root, "dev");
        if (Environment.GetEnvironmentVariable("PIPELINE_UPDATE_SNAPSHOTS") == "1")
        {
            BootstrapFiles.Write(configuration);
        }

        var full = Path.Combine(Repository.Root, path);
        var committed = File.Exists(full) ? File.ReadAllText(full) : "";

        Assert.That(committed, Is.EqualTo(BootstrapFiles.All(configuration)[path]), $"{path} is out of date. Write it again with:\n  PIPELINE_UPDATE_SNAPSHOTS=1 dotnet test tests/unit --filter BootstrapFiles");
    }
}
