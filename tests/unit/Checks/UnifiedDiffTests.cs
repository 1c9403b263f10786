using Pipeline.Checks.Tools;

namespace Pipeline.Tests.Checks;

internal sealed class UnifiedDiffTests
{
    [Test]
    public void The_first_difference_of_each_file_is_its_line_before_the_change()
    {
        const string diff = "--- /r/a b.py\t2026-01-01\n+++ /r/a b.py\t2026-01-01\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n@@ -9 +9,2 @@\n nine\n+ten\n"
            + "--- /r/line\nend.py\t2026-01-01\n+++ /r/line\nend.py\t2026-01-01\n@@ -4,2 +4,1 @@\n four\n-five\n\\ No newline at end of file\n";

        Assert.That(UnifiedDiff.FirstLines(diff), Is.EqualTo(new Dictionary<string, int> { ["/r/a b.py"] = 2, ["/r/line\nend.py"] = 5 }));
    }

    [Test]
    public void Code_that_looks_like_a_header_is_code()
    {
        const string diff = "--- /r/a.py\t2026\n+++ /r/a.py\t2026\n@@ -1,3 +1,2 @@\n one\n--- x\n-@@ -90 +90 @@\n+++ y\n--- /r/b.py\t2026\n+++ /r/b.py\t2026\n@@ -0,0 +1 @@\n+one\n";

        Assert.That(UnifiedDiff.FirstLines(diff), Is.EqualTo(new Dictionary<string, int> { ["/r/a.py"] = 2, ["/r/b.py"] = 1 }));
    }
}
