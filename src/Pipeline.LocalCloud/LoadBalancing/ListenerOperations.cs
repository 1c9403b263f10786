using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>Operations on listeners. Creating one really opens its port.</summary>
internal sealed class ListenerOperations(Balancer balancer, Action<string, JsonObject> tag)
{
    public void AddTo(AwsService service) => service
        .On("CreateListener", async request => new() { ["Listeners"] = new JsonArray(Describe(await Create(request))) })
        .On("DescribeListeners", request => Pages.Of(request, "Listeners", Select(request.Body).Select(Describe), LoadBalancingService.Pages))
        .On("ModifyListener", async request => new() { ["Listeners"] = new JsonArray(Describe(await Modify(request.Required("ListenerArn"), request.Body, request.Cancel))) })
        .On("DeleteListener", async request => { await balancer.Close(Find(request.Required("ListenerArn")).Arn); return []; });

    public async Task<ListenerRecord> Create(AwsRequest request)
    {
        var owner = request.Required("LoadBalancerArn");
        if (balancer.LoadBalancers.Find(owner) is null)
        {
            throw new AwsException("LoadBalancerNotFound", $"Load balancer '{owner}' not found");
        }

        var port = Port(request.Body) ?? throw new AwsException("ValidationError", "A port must be specified");
        var arn = $"{owner.Replace(":loadbalancer/", ":listener/", StringComparison.Ordinal)}/{LoadBalancingService.NewId()}";
        var created = new ListenerRecord(arn, owner, port, Actions.Read(request.Body.Objects("DefaultActions"), balancer));
        await Open(created, request.Cancel);
        tag(arn, request.Body);
        return created;
    }

    public async Task<ListenerRecord> Modify(string arn, JsonObject body, CancellationToken cancel)
    {
        var found = Find(arn);
        var changed = found with
        {
            Port = Port(body) ?? found.Port,
            Default = body.Objects("DefaultActions") is { Count: > 0 } actions ? Actions.Read(actions, balancer) : found.Default,
        };
        if (changed.Port == found.Port)
        {
            balancer.Listeners.Put(arn, changed);
            return changed;
        }

        var rules = balancer.Rules.All.Where(r => r.ListenerArn == arn).ToList();
        Refuse(changed);
        await balancer.Close(arn);
        foreach (var rule in rules)
        {
            balancer.Rules.Put(rule.Arn, rule);
        }

        try
        {
            await Open(changed, cancel);
        }
        catch (AwsException)
        {
            await Open(found, cancel);
            throw;
        }

        return changed;
    }

    public ListenerRecord Find(string arn) => balancer.Listeners.Find(arn) ?? throw new AwsException("ListenerNotFound", $"Listeners '{arn}' not found");

    private async Task Open(ListenerRecord listener, CancellationToken cancel)
    {
        Refuse(listener);
        try
        {
            await balancer.Open(listener, cancel);
        }
        catch (IOException)
        {
            throw new AwsException("InvalidConfigurationRequest", $"Port {listener.Port} on 127.0.0.1 is in use by another program. Stop that program, or give the listener another port.");
        }
    }

    private void Refuse(ListenerRecord listener)
    {
        // Every load balancer of the embedded cloud has the address 127.0.0.1, so they share the ports.
        if (balancer.Listeners.All.FirstOrDefault(l => l.Port == listener.Port && l.Arn != listener.Arn) is { } other)
        {
            throw other.LoadBalancerArn == listener.LoadBalancerArn
                ? new AwsException("DuplicateListener", "A listener already exists on this port for this load balancer")
                : new AwsException("InvalidConfigurationRequest", $"Port {listener.Port} belongs to a listener of {other.LoadBalancerArn}; on the embedded cloud all load balancers share 127.0.0.1. Give the listener another port.");
        }
    }

    private static int? Port(JsonObject body)
    {
        if (body.Text("Protocol") is { } protocol and not "HTTP")
        {
            throw new AwsException("UnsupportedProtocol", $"Listener protocol '{protocol}' is not implemented by the embedded cloud; it listens for HTTP");
        }

        return body.Int("Port") switch
        {
            null => null,
            { } port and >= 1 and <= 65535 => port,
            var port => throw new AwsException("ValidationError", $"Port {port} is not between 1 and 65535"),
        };
    }

    private IEnumerable<ListenerRecord> Select(JsonObject body)
    {
        if (body.Texts("ListenerArns") is { Count: > 0 } arns)
        {
            return arns.Select(Find);
        }

        var owner = body.Text("LoadBalancerArn") ?? throw new AwsException("ValidationError", "You must specify either listener ARNs or a load balancer ARN");
        return balancer.LoadBalancers.Find(owner) is null
            ? throw new AwsException("LoadBalancerNotFound", $"Load balancer '{owner}' not found")
            : balancer.Listeners.All.Where(l => l.LoadBalancerArn == owner).OrderBy(l => l.Port);
    }

    private static JsonObject Describe(ListenerRecord listener) => new()
    {
        ["ListenerArn"] = listener.Arn,
        ["LoadBalancerArn"] = listener.LoadBalancerArn,
        ["Port"] = listener.Port,
        ["Protocol"] = "HTTP",
        ["DefaultActions"] = Actions.Describe(listener.Default),
    };
}
