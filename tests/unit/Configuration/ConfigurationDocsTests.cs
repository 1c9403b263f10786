using Pipeline.Configuration;

namespace Pipeline.Tests.Configuration;

public sealed class ConfigurationDocsTests
{
    [TestCase("pipeline.schema.json")]
    [TestCase("docs/configuration.md")]
    public void The_committed_file_is_what_the_code_describes(string path)
    {
        var root = Repository.Root;
        if (Environment.GetEnvironmentVariable("PIPELINE_UPDATE_SNAPSHOTS") == "1")
        {
            ConfigurationDocs.Write(root);
        }

        var full = Path.Combine(root, path);
        var committed = File.Exists(full) ? File.ReadAllText(full) : "";

        Assert.That(committed, Is.EqualTo(ConfigurationDocs.Files()[path]), $"{path} is out of date. Write it again with:\n  PIPELINE_UPDATE_SNAPSHOTS=1 dotnet test tests/unit --filter ConfigurationDocs");
    }
}
