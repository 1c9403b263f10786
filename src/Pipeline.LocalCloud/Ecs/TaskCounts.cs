namespace Pipeline.LocalCloud.Ecs;

/// <summary>How many tasks a deployment of a service is to have and has.</summary>
internal sealed class TaskCounts(EcsStore store, ServiceSchedulers schedulers)
{
    public int Requested(ServiceRecord service, DeploymentRecord deployment)
    {
        if (service.Status == "ACTIVE" && store.Deployments.Find(service.Primary.ServiceDeployment) is { Lifecycle: not null, IsOngoing: true } shifting)
        {
            return Scaling.Requested(service, shifting, deployment.Revision) ?? schedulers.Find(service.Arn)?.Healthy(deployment.Id) ?? 0;
        }

        return deployment.Status == "PRIMARY" && deployment.RolloutState != "FAILED" ? service.DesiredCount : 0;
    }

    /// <param name="deployment"><c>null</c>: of all of the service's deployments</param>
    public (int Running, int Pending) Live(ServiceRecord service, DeploymentRecord? deployment) => schedulers.Find(service.Arn)?.Count(deployment?.Id) ?? (0, 0);
}
