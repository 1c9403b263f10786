using Pipeline.Versions.Changelogs;

namespace Pipeline.Tests.Versions.Changelogs;

/// <summary>What commits say, as text of a page.</summary>
public sealed class MarkdownTextTests
{
    [TestCase("add login", "add login")]
    [TestCase("keep snake_case names, say __init__ and *all*", @"keep snake_case names, say \_\_init\_\_ and \*all\*")]
    [TestCase("see [the docs](https://example.com)", @"see \[the docs\](https://example.com)")]
    [TestCase("![x](https://example.com/pixel.png)", @"!\[x\](https://example.com/pixel.png)")]
    [TestCase("<script>alert(1)</script><!-- </details>", "&lt;script>alert(1)&lt;/script>&lt;!-- &lt;/details>")]
    [TestCase(@"paths like C:\new", @"paths like C:\\new")]
    [TestCase("~~gone~~ ~home", @"\~~gone\~~ ~home")]
    [TestCase("two\r\nlines\tand   blanks ", "two lines and blanks")]
    [TestCase("bell\a, escape \u001b[31m and turned \u202e text", @"bell, escape \[31m and turned text")]
    [TestCase("\U0001F389 ünïcode", "\U0001F389 ünïcode")]
    [TestCase("", "")]
    public void Nothing_in_it_is_markup(string text, string page) => Assert.That(MarkdownText.Inline(text), Is.EqualTo(page));

    [TestCase("return `List<T>` and `a_*b`", "return `List<T>` and `a_*b`")]
    [TestCase("``a ` tick`` _x_", @"``a ` tick`` \_x\_")]
    [TestCase("an `open tick <b>", @"an \`open tick &lt;b>")]
    [TestCase("```sh", @"\`\`\`sh")]
    public void Code_between_backticks_stays_code(string text, string page) => Assert.That(MarkdownText.Inline(text), Is.EqualTo(page));

    [TestCase("# heading", @"\# heading")]
    [TestCase("#42 is fixed", "#42 is fixed")]
    [TestCase("> quoted", @"\> quoted")]
    [TestCase("- item", @"\- item")]
    [TestCase("--- ", @"\---")]
    [TestCase("-1 is allowed", "-1 is allowed")]
    [TestCase("+ item", @"\+ item")]
    [TestCase("1. first", @"1\. first")]
    [TestCase("2) second", @"2\) second")]
    [TestCase("1.5 times as fast", "1.5 times as fast")]
    public void Nothing_begins_a_block(string text, string page) => Assert.That(MarkdownText.Inline(text), Is.EqualTo(page));
}
