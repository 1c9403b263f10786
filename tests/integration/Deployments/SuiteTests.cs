using Pipeline.Deployments;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Deployments;

/// <summary>Suites of the system's own run against a new version before it has traffic.</summary>
public sealed class SuiteTests : Shifted
{
    /// <summary>A project is restored and built meanwhile.</summary>
    private protected override void Prepare()
    {
        Demo.Change("pipeline.yml", "TrialMinutes: 20", "TrialMinutes: 200");
        Demo.Change("pipeline.yml", "stack: 90s", "stack: 10m");
    }

    [Test]
    public async Task A_suite_sees_the_new_version_and_decides()
    {
        Write("Directory.Build.props", "<Project><PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><NuGetAudit>false</NuGetAudit></PropertyGroup></Project>");
        Write("suite/Suite.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.11.0" />
                <PackageReference Include="NUnit" Version="4.6.1" />
                <PackageReference Include="NUnit3TestAdapter" Version="6.3.1" />
              </ItemGroup>
            </Project>
            """);
        Write("suite/AnsweringTests.cs", """
            using NUnit.Framework;

            public class AnsweringTests
            {
                [Test]
                public async Task The_version_is_right() =>
                    Assert.That(await new HttpClient().GetStringAsync(Environment.GetEnvironmentVariable("PIPELINE_URL_WEB") + "/version"), Is.EqualTo("bbbbbbb"));

                [Test]
                public void It_is_told_what_it_tests() => Assert.Multiple(() =>
                {
                    Assert.That(Environment.GetEnvironmentVariable("PIPELINE_ENVIRONMENT"), Is.EqualTo("staging"));
                    Assert.That(Environment.GetEnvironmentVariable("PIPELINE_RELEASE"), Does.StartWith("staging-"));
                    Assert.That(Environment.GetEnvironmentVariable("PIPELINE_OUTPUT_GROUND_CLUSTER"), Is.Not.Empty);
                    Assert.That(Environment.GetEnvironmentVariable("PIPELINE_OUTPUT_WEB_TESTURL"), Is.EqualTo(Environment.GetEnvironmentVariable("PIPELINE_URL_WEB")));
                });
            }
            """);
        Demo.Change("pipeline.yml", "account:", "checks: { suites: { answering: { kind: integration, against: deployment, project: suite/Suite.csproj } } }\naccount:");
        await using var versions = Traffic.ForVersions(Demo.Port);

        var good = await Demo.Deploy("bbbbbbb");
        var bad = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("ccccccc"))!;

        await versions.Stop();
        var gate = good!.Record.Gates.Single(g => g.Name == "integration");
        Assert.Multiple(() =>
        {
            Assert.That((gate.Verdict, gate.Value), Is.EqualTo((Verdict.Passed, "2 passed, 0 failed, 0 skipped")));
            Assert.That(gate.Digests, Contains.Key("web"));
            Assert.That(Everything(bad), Does.Contain("integration through the test listener").And.Contain("AnsweringTests.The_version_is_right"));
            Assert.That(versions.Answered.Keys, Is.EquivalentTo(new[] { "aaaaaaa", "bbbbbbb" }));
            Assert.That(versions.Failures, Is.Empty);
        });
    }

    private void Write(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Demo.File(file))!);
        File.WriteAllText(Demo.File(file), content);
    }
}
