using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Topics;

/// <summary>SNS: topics that really reach queues of this cloud and web endpoints of this machine.</summary>
internal sealed class TopicRoom : IDisposable
{
    private readonly Delivery _delivery;

    public TopicRoom(Database database, TimeProvider time, Delivery delivery)
    {
        _delivery = delivery;
        Store = new TopicStore(database, delivery, time);
        Service = new TopicOperations(Store, time).AddTo(new AwsService("sns", Wire.Query)
        {
            XmlNamespace = "http://sns.amazonaws.com/doc/2010-03-31/",
            MapMembers = new HashSet<string> { "Attributes" },
        });
        ResourceTypes = new TopicTypes(Store).Types;
        Confirmation = new HttpRoute(Delivery.ConfirmPath, Confirm);
    }

    public TopicStore Store { get; }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    /// <summary>Where a subscriber goes to confirm: who knows the token was asked.</summary>
    public HttpRoute Confirmation { get; }

    public void Dispose() => _delivery.Dispose();

    private Task Confirm(HttpContext http)
    {
        var confirmed = Store.Confirm(http.Request.Query["TopicArn"].ToString(), http.Request.Query["Token"].ToString());
        http.Response.ContentType = "text/plain";
        return http.Response.WriteAsync(confirmed.Arn, http.RequestAborted);
    }
}
