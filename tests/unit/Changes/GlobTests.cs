using Pipeline.Changes;

namespace Pipeline.Tests.Changes;

public sealed class GlobTests
{
    [TestCase("**/*.md", "README.md", true)]
    [TestCase("**/*.md", "a/b/README.md", true)]
    [TestCase("**/*.md", "a/md", false)]
    [TestCase("docs/**", "docs/a/b.txt", true)]
    [TestCase("docs/**", "docs2/a.txt", false)]
    [TestCase("docs/", "docs/a/b.txt", true)]
    [TestCase("docs/*", "docs/a.txt", true)]
    [TestCase("docs/*", "docs/a/b.txt", false)]
    [TestCase("samples/*/tests/**", "samples/shop/tests/x.cs", true)]
    [TestCase("samples/*/tests/**", "samples/shop/api/tests/x.cs", false)]
    [TestCase("a/**/z.cs", "a/z.cs", true)]
    [TestCase("a/**/z.cs", "a/b/c/z.cs", true)]
    [TestCase("a/**/z.cs", "a/b/yz.cs", false)]
    [TestCase("**/tests/**", "tests/x", true)]
    [TestCase("**/tests/**", "a/tests/x/y", true)]
    [TestCase("**/tests/**", "a/mytests/x", false)]
    [TestCase("?.cs", "ü.cs", true)]
    [TestCase("?.cs", "üü.cs", false)]
    [TestCase("gr*e/x", "größe/x", true)]
    [TestCase("LICENSE", "LICENSE", true)]
    [TestCase("LICENSE", "a/LICENSE", false)]
    public void A_pattern_matches_whole_paths(string pattern, string path, bool matches) => Assert.That(new Glob(pattern).Matches(path), Is.EqualTo(matches));
}
