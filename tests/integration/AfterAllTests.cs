using Pipeline.Tests.Aws;

namespace Pipeline.Tests;

/// <summary>What tests of several folders share ends with the last of them.</summary>
[SetUpFixture]
public sealed class AfterAllTests
{
    [OneTimeTearDown]
    public void EndMoto() => Moto.End();
}
