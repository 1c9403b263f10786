using Pipeline.Deployments;

namespace Pipeline.Tests.Deployments;

/// <summary>A service's rollout is followed to its end, and one that can not succeed is ended early.</summary>
public sealed class RolloutTests : Rehearsed
{
    [Test]
    public async Task A_new_version_is_followed_to_its_successful_deployment()
    {
        var result = await Demo.Deploy("bbbbbbb");

        var service = (await Demo.Aws.ServicesOf(Demo.Configuration.StackName("web"), CancellationToken.None)).Single();
        var newest = (await Demo.Aws.Services.ListDeployments(service.ClusterArn, service.Arn, DateTimeOffset.UtcNow.AddHours(-1), CancellationToken.None))[0];
        Assert.Multiple(() =>
        {
            Assert.That(result!.Proofs.Single().Failure, Is.Null);
            Assert.That(Demo.Printed, Does.Contain("2/2 running"));
        });
        Assert.That((await Demo.Aws.Services.DescribeDeployment(newest, CancellationToken.None))!.Status, Is.EqualTo("SUCCESSFUL"));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"));
    }

    [Test]
    public async Task A_crash_loop_is_stopped_though_no_circuit_breaker_watches()
    {
        Demo.Change("pipeline.yml", "Fault: \"\"", "Fault: crash");

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("bbbbbbb"))!;

        Assert.Multiple(() =>
        {
            Assert.That(failure.ExitCode, Is.EqualTo(Outcomes.ExitCode.DeploymentFailed));
            Assert.That(Everything(failure), Does.Contain("exit code 7"));
        });
        Assert.That((await (await Demo.Ledger()).Releases(1, CancellationToken.None))[0].Failure, Has.Some.Contains("exit code 7"));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task A_rollout_without_any_progress_is_stopped()
    {
        // Nobody replaces the tasks during the grace period, and none ever gets healthy.
        Demo.Change("pipeline.yml", "Fault: \"\"", "Fault: hang");
        Demo.Change("pipeline.yml", "stack: 90s", "stack: 90s\n      stall: 3s");
        Demo.Change("infra/web.yaml", "HealthCheckGracePeriodSeconds: 20", "HealthCheckGracePeriodSeconds: 7200");

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("bbbbbbb"))!;

        Assert.That(Everything(failure), Does.Contain("nothing has changed for 3"));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public void A_rule_that_gives_the_service_only_a_part_of_its_traffic_is_no_success()
    {
        Demo.Change("infra/web.yaml", "Actions: [{Type: forward, TargetGroupArn: !Ref Group}]", """
            Actions:
                    - Type: forward
                      ForwardConfig:
                        TargetGroups: [{TargetGroupArn: !Ref Group, Weight: 9}, {TargetGroupArn: !Ref Other, Weight: 1}]
              Other:
                Type: AWS::ElasticLoadBalancingV2::TargetGroup
                Properties: {VpcId: !ImportValue demo-Vpc, TargetType: ip, Protocol: HTTP, Port: 8080}
            """);
        Demo.Change("pipeline.yml", "verify: 30s", "verify: 2s");

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("bbbbbbb"))!;

        Assert.That(Everything(failure), Does.Contain("only 9 of 10 parts of a rule's traffic go to target group"));
    }

    [Test]
    public async Task An_autoscaled_count_is_kept()
    {
        Demo.Change("infra/web.yaml", "      DesiredCount: !Ref Tasks\n", "");
        await Demo.Deploy("bbbbbbb");
        var service = (await Demo.Aws.ServicesOf(Demo.Configuration.StackName("web"), CancellationToken.None)).Single();
        await Demo.Scale(service, 3);

        var result = await Demo.Deploy("ccccccc");

        Assert.That(result!.Proofs.Single(), Has.Property(nameof(ServiceProof.Tasks)).EqualTo(3).And.Property(nameof(ServiceProof.Failure)).Null);
    }
}
