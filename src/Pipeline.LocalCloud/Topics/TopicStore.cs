using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Topics;

/// <summary>Topics and who listens to them.</summary>
internal sealed partial class TopicStore(Database database, Delivery delivery, TimeProvider time)
{
    private static readonly string[] Settable = ["DisplayName", "Policy", "DeliveryPolicy", "KmsMasterKeyId", "SignatureVersion", "TracingConfig"];
    private readonly Table<Topic> _topics = database.Table<Topic>("sns/topics");
    private readonly Table<Subscription> _subscriptions = database.Table<Subscription>("sns/subscriptions");
    private readonly Lock _lock = new();

    public IEnumerable<Topic> Topics => _topics.All.OrderBy(topic => topic.Arn, StringComparer.Ordinal);

    public IEnumerable<Subscription> Subscriptions => _subscriptions.All.OrderBy(subscription => subscription.Arn, StringComparer.Ordinal);

    public Topic? Find(string arn) => _topics.Find(arn);

    /// <exception cref="AwsException">NotFound</exception>
    public Topic Get(string arn) => Find(arn) ?? throw new AwsException("NotFound", "Topic does not exist", 404);

    public Subscription? FindSubscription(string arn) => _subscriptions.Find(arn);

    /// <exception cref="AwsException">NotFound</exception>
    public Subscription GetSubscription(string arn) => FindSubscription(arn) ?? throw new AwsException("NotFound", "Subscription does not exist", 404);

    public static string Arn(string region, string name) => $"arn:aws:sns:{region}:{Account.Id}:{name}";

    /// <summary>Makes a topic, or answers the one of that name.</summary>
    public Topic Create(string region, string name, IReadOnlyDictionary<string, string> attributes, IReadOnlyDictionary<string, string> tags)
    {
        if (!TopicName().IsMatch(name))
        {
            throw Invalid(name.EndsWith(".fifo", StringComparison.Ordinal) ? "Invalid parameter: Topic Name: the embedded cloud does not implement FIFO topics" : "Invalid parameter: Topic Name");
        }

        lock (_lock)
        {
            var known = Find(Arn(region, name));
            if (known is not null)
            {
                return known;
            }

            Check(attributes);
            var topic = new Topic(Arn(region, name), attributes, tags);
            _topics.Put(topic.Arn, topic);
            return topic;
        }
    }

    public Topic Change(string arn, Func<Topic, Topic> change)
    {
        lock (_lock)
        {
            var topic = change(Get(arn));
            Check(topic.Attributes);
            _topics.Put(arn, topic);
            return topic;
        }
    }

    public void Delete(string arn)
    {
        lock (_lock)
        {
            _topics.Remove(arn);
            foreach (var subscription in _subscriptions.All.Where(subscription => subscription.TopicArn == arn).ToList())
            {
                _subscriptions.Remove(subscription.Arn);
            }
        }
    }

    /// <summary>Subscribes an endpoint; the same one twice is the same subscription. A queue is confirmed at once, others by their own answer.</summary>
    public Subscription Subscribe(string topicArn, string protocol, string endpoint, bool raw)
    {
        Get(topicArn);
        Delivery.Check(protocol, endpoint);
        Subscription made;
        lock (_lock)
        {
            if (_subscriptions.All.FirstOrDefault(known => known.TopicArn == topicArn && known.Protocol == protocol && known.Endpoint == endpoint) is { } same)
            {
                return same;
            }

            var token = protocol == "sqs" ? null : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            made = new Subscription($"{topicArn}:{Guid.NewGuid()}", topicArn, protocol, endpoint, token) { IsRaw = raw };
            _subscriptions.Put(made.Arn, made);
        }

        if (made.Token is not null)
        {
            delivery.AskToConfirm(made, time.GetUtcNow());
        }

        return made;
    }

    public Subscription Change(string arn, Func<Subscription, Subscription> change)
    {
        lock (_lock)
        {
            var subscription = change(GetSubscription(arn));
            _subscriptions.Put(arn, subscription);
            return subscription;
        }
    }

    /// <exception cref="AwsException">the token is nobody's</exception>
    public Subscription Confirm(string topicArn, string token)
    {
        lock (_lock)
        {
            var waiting = _subscriptions.All.FirstOrDefault(subscription => subscription.TopicArn == topicArn && subscription.Token == token) ?? throw Invalid("Invalid token");
            return Change(waiting.Arn, subscription => subscription with { Token = null });
        }
    }

    public void Unsubscribe(string arn) => _subscriptions.Remove(arn);

    public Notification Publish(Notification notification)
    {
        Get(notification.TopicArn);
        delivery.Send(notification, [.. _subscriptions.All.Where(subscription => subscription.TopicArn == notification.TopicArn && subscription.Token is null)]);
        return notification;
    }

    public Notification Publish(string topicArn, string? subject, string message) => Publish(new Notification(Guid.NewGuid().ToString(), topicArn, subject, message, time.GetUtcNow()));

    /// <summary>Publishes where the topic is there; who tells of something does not fail for one that is not.</summary>
    public void Notify(string topicArn, string subject, string message)
    {
        if (Find(topicArn) is not null)
        {
            Publish(topicArn, subject, message);
        }
    }

    public static AwsException Invalid(string message) => new("InvalidParameter", message);

    private static void Check(IReadOnlyDictionary<string, string> attributes)
    {
        if (attributes.Keys.FirstOrDefault(name => !Settable.Contains(name)) is { } unknown)
        {
            throw Invalid($"Invalid parameter: AttributeName: {unknown} is not supported by the embedded cloud");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,256}\z")]
    private static partial Regex TopicName();
}
