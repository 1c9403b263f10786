using Pipeline.Ci;

namespace Pipeline.Tests.Ci;

public sealed class JavaPropertiesTests
{
    [TestCase("a=b", "a", "b")]
    [TestCase("a = b", "a ", "b")]
    [TestCase(@"url=https\://x\=y", "url", "https://x=y")]
    [TestCase(@"a\:b=c", "a:b", "c")]
    [TestCase(@"a=\u00e4\n\t\\", "a", "ä\n\t\\")]
    [TestCase(@"a=\u00", "a", "u00")]
    [TestCase("a=", "a", "")]
    [TestCase("a", "a", "")]
    [TestCase(@"a=b\", "a", @"b\")]
    public void A_line_is_a_pair(string line, string key, string value) => Assert.That(JavaProperties.Read([line]), Is.EqualTo(new Dictionary<string, string> { [key] = value }));

    [Test]
    public void Comments_and_empty_lines_are_none() => Assert.That(JavaProperties.Read(["# a=b", "!c=d", "", "   "]), Is.Empty);
}
