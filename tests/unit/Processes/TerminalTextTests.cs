using Pipeline.Processes;
using Pipeline.Reporting;
using Spectre.Console;

namespace Pipeline.Tests.Processes;

/// <summary>What a CI host would obey is not printed, whoever wrote it.</summary>
public sealed class TerminalTextTests
{
    [TestCase("::error::boom", ":\u200b:error::boom")]
    [TestCase("  \t::add-mask::x", "  \t:\u200b:add-mask::x")]
    [TestCase("first\n::error::boom", "first\n:\u200b:error::boom")]
    [TestCase("a ##[group]b", "a ##\u200b[group]b")]
    [TestCase("##vso[task.setvariable]", "##vso\u200b[task.setvariable]")]
    [TestCase("x ##teamcity[setParameter]", "x ##teamcity\u200b[setParameter]")]
    [TestCase("\x1b[0Ksection_start:1:x\r\x1b[0Khi", "section_start:1:xhi")]
    [TestCase("\u0085::error::x", ":\u200b:error::x")]
    [TestCase("arn:aws:s3:::bucket and Foo::Bar", "arn:aws:s3:::bucket and Foo::Bar")]
    [TestCase("::1 is a loopback", "::1 is a loopback")]
    [TestCase("äöü → 中文 🙂", "äöü → 中文 🙂")]
    public void A_line_of_ours_that_quotes_somebody_is_inert(string text, string inert) => Assert.That(TerminalText.Inert(text), Is.EqualTo(inert));

    [Test]
    public void Whatever_is_printed_is_inert()
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 1000;
        var output = new Output(console, live: false);

        output.Say("::error::said");
        output.Labelled("", "a\n::error::labelled");
        output.Warn("##[warning]warned");
        output.Json("""{"subject":"##[error] ###vso[x]"}""");

        Assert.That(writer.ToString().ReplaceLineEndings("\n"), Is.EqualTo(":\u200b:error::said\n             a\n             :\u200b:error::labelled\n##\u200b[warning]warned\n{\"subject\":\"#\\u0023[error] #\\u0023#vso[x]\"}\n"));
    }
}
