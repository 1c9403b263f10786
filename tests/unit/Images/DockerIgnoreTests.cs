using Pipeline.Images;

namespace Pipeline.Tests.Images;

public sealed class DockerIgnoreTests
{
    [TestCase("", "a.py", false)]
    [TestCase("# a.py", "a.py", false)]
    [TestCase("a.py", "a.py", true)]
    [TestCase("a.py", "lib/a.py", false)]
    [TestCase("./a.py", "a.py", true)]
    [TestCase("/a.py", "a.py", true)]
    [TestCase(".env", ".env", true)]
    [TestCase(".env", "env", false)]
    [TestCase("tests", "tests/deep/a.py", true)]
    [TestCase("tests/", "tests/a.py", true)]
    [TestCase("tests", "tests2/a.py", false)]
    [TestCase("*.md", "README.md", true)]
    [TestCase("*.md", "docs/README.md", false)]
    [TestCase("**/*.md", "README.md", true)]
    [TestCase("**/*.md", "docs/deep/README.md", true)]
    [TestCase("a?.py", "ab.py", true)]
    [TestCase("a?.py", "a/.py", false)]
    [TestCase("[ab].py", "b.py", true)]
    [TestCase("[ab].py", "c.py", false)]
    [TestCase("a.py.*", "aXpy.x", false)]
    [TestCase("*\n!keep.py", "keep.py", false)]
    [TestCase("*\n!keep.py", "other.py", true)]
    [TestCase("!keep.py\n*", "keep.py", true)]
    [TestCase("\r\n a.py \r\n", "a.py", true)]
    public void Decides_as_Docker_does(string rules, string path, bool left) => Assert.That(DockerIgnore.In(rules)(path), Is.EqualTo(left));
}
