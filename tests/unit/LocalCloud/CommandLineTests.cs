using Pipeline.LocalCloud;

namespace Pipeline.Tests.LocalCloud;

public sealed class CommandLineTests
{
    [Test]
    public void Without_options_it_listens_on_the_usual_port_at_ten_times_the_speed()
    {
        var (options, readyFile) = CommandLine.Parse([]);

        Assert.That(options, Is.EqualTo(new CloudOptions(4510, null, 10)));
        Assert.That(readyFile, Is.Null);
    }

    [Test]
    public void Each_option_is_taken()
    {
        var (options, readyFile) = CommandLine.Parse(["--port", "0", "--state", "/tmp/x", "--time-scale", "50", "--ready-file", "/tmp/y"]);

        Assert.That(options, Is.EqualTo(new CloudOptions(0, Path.GetFullPath("/tmp/x"), 50)));
        Assert.That(readyFile, Is.EqualTo(Path.GetFullPath("/tmp/y")));
    }

    [TestCase("--prot", "1")]
    [TestCase("--port", "70000")]
    [TestCase("--port", "x")]
    [TestCase("--time-scale", "0")]
    [TestCase("--state")]
    public void What_is_not_understood_is_refused(params string[] args) => Assert.That(() => CommandLine.Parse(args), Throws.TypeOf<StartFailure>());
}
