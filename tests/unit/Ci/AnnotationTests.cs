using Pipeline.Checks;
using Pipeline.Ci;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Ci;

public sealed class AnnotationTests
{
    [Test]
    public void Each_part_takes_its_turn_so_that_a_flood_hides_nothing()
    {
        var flood = new CheckPart("format", Verdict.Failed, "many") { Findings = [.. Enumerable.Range(0, 500).Select(i => new Finding($"R{i}", "space", "a.cs", i + 1))] };
        var test = new CheckPart("unit", Verdict.Failed, "1 failed") { Findings = [new Finding("T.Fails", "expected 1", "t.cs", 7)] };

        var first = Annotation.Of([Result("Lint", flood), Result("Test", test)]).Take(2).Select(a => a.Title);

        Assert.That(first, Is.EqualTo(new[] { "R0", "T.Fails" }));
    }

    [Test]
    public void The_same_rule_in_one_file_is_told_once_with_its_count_and_its_fix()
    {
        var part = new CheckPart("format", Verdict.Failed, "3") { Findings = [.. Enumerable.Range(1, 3).Select(i => new Finding("WHITESPACE", "Fix it.", "a.cs", i, "dotnet format"))] };

        Assert.That(Annotation.Of([Result("Lint", part)]), Is.EqualTo(new[] { new Annotation(true, "WHITESPACE", "Fix it.\nfix: dotnet format\n2 more of it in this file", "a.cs", 1) }));
    }

    [Test]
    public void What_stands_at_a_line_comes_first_and_what_could_not_be_measured_is_a_warning()
    {
        var failed = new CheckPart("build", Verdict.Failed, "2") { Findings = [new Finding("CS1", "somewhere"), new Finding("CS2", "here", "a.cs", 2)] };
        var open = new CheckPart("advisories", Verdict.NotEvaluable, "no data");
        var fine = new CheckPart("secrets", Verdict.Passed, "0") { Findings = [new Finding("old", "allowed", "b.cs", 1)] };

        Assert.That(Annotation.Of([Result("Lint", open, failed, fine)]).Select(a => (a.IsError, a.Title)), Is.EqualTo(new[] { (true, "CS2"), (true, "CS1"), (false, "Lint: advisories") }));
    }

    private static CheckResult Result(string name, params CheckPart[] parts) => new(name, Verdict.Failed, TimeSpan.Zero, parts);
}
