using Pipeline.StackOperations;

namespace Pipeline.Tests.StackOperations;

public sealed class TemplateVersionTests
{
    private const string Template = "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Sub '${X}-q'}\n";

    [Test]
    public void Comments_and_layout_do_not_count() =>
        Assert.That(Version("# a queue\n" + Template.Replace("{QueueName: !Sub '${X}-q'}", "\n      QueueName: !Sub \"${X}-q\"", StringComparison.Ordinal)), Is.EqualTo(Version(Template)));

    [TestCase("-q", "-r")]
    [TestCase("!Sub", "!Ref")]
    [TestCase("SQS::Queue", "SNS::Topic")]
    public void What_it_says_counts(string old, string now) => Assert.That(Version(Template.Replace(old, now, StringComparison.Ordinal)), Is.Not.EqualTo(Version(Template)));

    private static string Version(string template) => TemplateText.Version(template, "t.yaml");
}
