using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks;

/// <summary>xUnit and MSTest go the same way as NUnit: <c>dotnet test</c>, built together, run side by side.</summary>
internal sealed class FrameworkTests
{
    [Test]
    public async Task XUnit_and_MSTest_suites_are_built_together_measured_and_counted_and_their_markers_hold()
    {
        using var repository = new DotnetRepository();
        Project(repository, "xunit-tests", "<PackageReference Include=\"xunit\" Version=\"2.9.3\" /><PackageReference Include=\"xunit.runner.visualstudio\" Version=\"4.0.1\" />",
            "using Xunit;", "", "Fact", "Trait(\"Category\", \"slow\")", "Fact(Skip = \"needs rain\")");
        Project(repository, "mstest-tests", "<PackageReference Include=\"MSTest.TestAdapter\" Version=\"4.5.3\" /><PackageReference Include=\"MSTest.TestFramework\" Version=\"4.5.3\" />",
            "using Microsoft.VisualStudio.TestTools.UnitTesting;", "[TestClass]", "TestMethod", "TestCategory(\"slow\")", "TestMethod, Ignore(\"needs rain\")");
        var configuration = repository.Configuration with
        {
            Checks = new CheckSettings([.. new[] { "xunit-tests", "mstest-tests" }.Select(name => new SuiteSettings(name, SuiteKind.Unit, $"{name}/{name}.csproj", TimeSpan.FromMinutes(5)))]),
        };

        var result = await TestCheck.Run(configuration, new(["api"], WholeRepository: false), new TestOptions(), null, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That((result.Parts[0].Verdict, result.Parts[0].Summary), Is.EqualTo((Verdict.Failed, "3 tests, 1 failed, 1 skipped, 1 left out")));
            Assert.That(result.Parts[0].Findings.Select(f => (f.Rule, f.File, f.Line)), Is.EqualTo(new (string, string?, int?)[] { ("Tests.MoneyTests.Decides", "xunit-tests/MoneyTests.cs", 12) }));
            Assert.That((result.Parts[1].Verdict, result.Parts[1].Summary), Is.EqualTo((Verdict.Passed, "3 tests, 1 skipped, 1 left out")));
            Assert.That(Path.Combine(repository.Root, "artifacts/coverage/mstest-tests.cobertura.xml"), Does.Exist);
            foreach (var suite in result.Parts.Take(2))
            {
                Assert.That(suite.Skipped.Single(), Is.EqualTo(new SkippedTest("Tests.MoneyTests.Waits", "needs rain")));
                Assert.That(suite.Notes.Single(), Does.StartWith("left out (slow): ").And.EndsWith("Creeps"));
            }
        });
    }

    private static void Project(DotnetRepository repository, string name, string packages, string import, string type, params string[] attributes)
    {
        repository.Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="../api/Api.csproj" />
                <PackageReference Include="coverlet.msbuild" Version="6.0.0" PrivateAssets="all" />
                <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.11.0" />
                {packages}
              </ItemGroup>
            </Project>
            """);
        repository.Write($"{name}/MoneyTests.cs", $$"""
            {{import}}

            namespace Tests;

            {{type}}
            public class MoneyTests
            {
                [{{attributes[0]}}]
                public void Adds() => Shared.Money.Add(1, 2);

                [{{attributes[0]}}]
                public void Decides() => {{(name == "xunit-tests" ? "throw new InvalidOperationException()" : "Shared.Money.Add(2, 3)")}};

                [{{attributes[2]}}]
                public void Waits() { }

                [{{attributes[0]}}, {{attributes[1]}}]
                public void Creeps() { }
            }
            """);
    }
}
