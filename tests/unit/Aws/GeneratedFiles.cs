using System.Diagnostics;
using StandIns.Generator;

namespace Pipeline.Tests.Aws;

public sealed class GeneratedFiles
{
    private const string ModelsOf = "1.43.11";

    [Test]
    public void They_are_what_the_generator_writes_now()
    {
        var root = Root();
        var models = Models();

        var written = Generation.Files(models, Path.Combine(root, "src/StandIns/AWSSDK.Generator/operations.txt"));

        var folder = Path.Combine(root, "src/StandIns/AWSSDK/Generated");
        Assert.Multiple(() =>
        {
            Assert.That(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')), Is.EquivalentTo(written.Keys));
            foreach (var (path, text) in written)
            {
                Assert.That(File.ReadAllText(Path.Combine(folder, path)), Is.EqualTo(text), path);
            }
        });
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    /// <summary>The folder of the public models, of just the version that the committed files come from.</summary>
    private static string Models()
    {
        var start = new ProcessStartInfo(Requires.Program("botocore", "python3"), ["-c", "import botocore, os; print(botocore.__version__, os.path.dirname(botocore.__file__))"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var python = Process.Start(start)!;
        var answer = python.StandardOutput.ReadToEnd().Trim().Split(' ', 2);
        python.WaitForExit();
        Requires.That(answer[0] == ModelsOf, "botocore", $"the models of botocore {ModelsOf} are not installed");
        return Path.Combine(answer[1], "data");
    }
}
