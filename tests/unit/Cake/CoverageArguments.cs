using Cake.Core.IO;
using Cake.Coverlet;
using Pipeline.Tests.Frosting;
using Arguments = Cake.Coverlet.Internal.CoverageArguments;

namespace Pipeline.Tests.Cake;

public sealed class CoverageArguments
{
    [Test]
    public void By_default_nothing_is_measured() =>
        Assert.That(Render(new CoverletSettings()), Is.EqualTo("/property:CollectCoverage=False /property:CoverletOutputFormat=\\\"json\\\""));

    [Test]
    public void A_folder_is_absolute_and_ends_with_a_slash() =>
        Assert.That(
            Render(new CoverletSettings { CollectCoverage = true, CoverletOutputFormat = CoverletOutputFormat.cobertura, CoverletOutputDirectory = "out" }),
            Is.EqualTo("/property:CollectCoverage=True /property:CoverletOutputFormat=\\\"cobertura\\\" /property:CoverletOutput=\"/repo/out/\""));

    [Test]
    public void A_name_without_a_folder_is_beside_the_project() =>
        Assert.That(Render(new CoverletSettings { CoverletOutputName = "unit" }), Does.EndWith(" /property:CoverletOutput=\"/repo/tests/unit\""));

    [Test]
    public void Lists_keep_their_commas_through_MSBuild()
    {
        var settings = new CoverletSettings { CollectCoverage = true }
            .WithFormat(CoverletOutputFormat.cobertura)
            .WithInclusion("[Shop.*]*").WithFilter("[Shop.Tests]*").WithFilter("[*]*.Generated.*")
            .WithFileExclusion("**/obj/**").WithAttributeExclusion("GeneratedCodeAttribute");

        Assert.That(Render(settings).Split(' '), Is.EqualTo(new[]
        {
            "/property:CollectCoverage=True",
            "/property:CoverletOutputFormat=\\\"json,cobertura\\\"",
            "/property:ExcludeByFile=\\\"**/obj/**\\\"",
            "/property:Include=\\\"[Shop.*]*\\\"",
            "/property:Exclude=\\\"[Shop.Tests]*,[*]*.Generated.*\\\"",
            "/property:ExcludeByAttribute=\\\"GeneratedCodeAttribute\\\"",
        }));
    }

    [Test]
    public void A_threshold_says_what_it_applies_to() =>
        Assert.That(
            Render(new CoverletSettings { Threshold = 80 }.WithThresholdType(ThresholdType.Line).WithThresholdType(ThresholdType.Branch)),
            Does.EndWith(" /property:Threshold=80 /property:ThresholdType=\\\"line,branch\\\""));

    [Test]
    public void A_threshold_above_100_is_refused() =>
        Assert.That(() => Render(new CoverletSettings { Threshold = 101 }), Throws.InvalidOperationException);

    [Test]
    public void Only_a_JSON_report_can_be_merged_with()
    {
        Assert.That(Render(new CoverletSettings { MergeWithFile = "out/unit.json" }), Does.EndWith(" /property:MergeWith=\"/repo/out/unit.json\""));
        Assert.That(Render(new CoverletSettings { MergeWithFile = "out/unit.xml" }), Does.Not.Contain("MergeWith"));
    }

    [Test]
    public void The_tests_themselves_may_be_measured() =>
        Assert.That(Render(new CoverletSettings { IncludeTestAssembly = true }), Does.EndWith(" /property:IncludeTestAssembly=True"));

    private static string Render(CoverletSettings settings) =>
        Arguments.AppendTo(new ProcessArgumentBuilder(), settings, new OwnEnvironment { WorkingDirectory = "/repo" }, "tests/Shop.Tests.csproj").Render();
}
