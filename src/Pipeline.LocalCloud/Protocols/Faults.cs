using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Storage;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>The faults that were asked for, and how they strike.</summary>
internal sealed class Faults(Func<IReadOnlyList<AwsService>> services)
{
    private static readonly string[] Steps = ["Create", "Update", "Delete"];
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, string[]> _works = new(StringComparer.Ordinal);
    private TaskCompletionSource _cleared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="AwsException">no such service or operation, or a refusal without its error</exception>
    public void Add(Fault fault)
    {
        var operations = OperationsOf(fault.Service)
            ?? throw Fault.Invalid("service", $"must be one of {string.Join(", ", services().Select(s => s.SigningName).Append(StorageOperations.Service).Distinct().Order(StringComparer.Ordinal))} or a resource type, not '{fault.Service}'");
        if (fault.Operation != Fault.Any && !operations.Contains(fault.Operation))
        {
            throw Fault.Invalid("operation", $"'{fault.Operation}' is not one that the embedded cloud has for {fault.Service}");
        }

        if ((fault.Kind == FaultKind.Refuse) != (fault.Refusal is not null))
        {
            throw Fault.Invalid("code", "and the rest of an error belong to a refusal, which must have them");
        }

        lock (_lock)
        {
            _entries.Add(new Entry(fault));
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _cleared.SetResult();
            _cleared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Ends when the faults that are there now are removed.</summary>
    public Task Cleared
    {
        get
        {
            lock (_lock)
            {
                return _cleared.Task;
            }
        }
    }

    public JsonArray Shown()
    {
        lock (_lock)
        {
            return new JsonArray([.. _entries.Select(entry => entry.Fault.Shown(entry.Hits))]);
        }
    }

    /// <summary>Answers a call, unless a fault strikes it.</summary>
    /// <exception cref="AwsException">the fault's error</exception>
    public async Task Around(HttpContext http, string service, string operation, Func<Task> answer)
    {
        switch (Strike(service, operation))
        {
            case null:
                await answer();
                break;
            case { Kind: FaultKind.Throttle }:
                throw Throttling(http, service);
            case { Refusal: { } refusal }:
                throw refusal;
            case { Kind: FaultKind.Hang }:
                await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
                break;
            default:
                await Lose(http, answer);
                break;
        }
    }

    /// <summary>A resource type whose steps in a stack can be struck too: the type is the service, <c>Create</c>, <c>Update</c> and <c>Delete</c> are its operations.</summary>
    public ResourceType Around(ResourceType type)
    {
        _works.Add(type.Name, Steps);
        return type with
        {
            Create = request => Step("Create", request, type.Create),
            Update = type.Update is { } update ? request => Step("Update", request, update) : null,
            Delete = request => Step("Delete", request, async r =>
            {
                await type.Delete(r);
                return true;
            }),
        };

        async Task<T> Step<T>(string step, ResourceRequest request, Func<ResourceRequest, Task<T>> run)
        {
            switch (Strike(type.Name, step))
            {
                case null:
                    return await run(request);
                case { Kind: FaultKind.Throttle }:
                    throw Failure("Rate exceeded", "Throttling");
                case { Refusal: { } refusal }:
                    throw Failure(refusal.Message, refusal.Code);
                case { Kind: FaultKind.Lose }:
                    await run(request);
                    throw Failure("The answer of the handler was lost", "NetworkFailure");
                default:
                    await Task.Delay(Timeout.InfiniteTimeSpan, request.Cancel);
                    throw new OperationCanceledException(request.Cancel);
            }
        }

        static ResourceFailure Failure(string message, string code) => new($"Resource handler returned message: \"{message}\" (HandlerErrorCode: {code})");
    }

    private static async Task Lose(HttpContext http, Func<Task> answer)
    {
        http.Response.Body = Stream.Null;
        try
        {
            await answer();
        }
        catch (AwsException)
        {
            // A refusal is lost like any other answer.
        }

        http.Abort();
    }

    /// <summary>Work that goes on after its call was answered and can be struck too; what a fault means for it is its own.</summary>
    /// <param name="work">named as a resource type</param>
    /// <param name="steps">its operations</param>
    public void Watch(string work, params string[] steps) => _works.Add(work, steps);

    /// <summary>Counts a call or a step.</summary>
    /// <returns>what strikes it, if anything does</returns>
    public Fault? Strike(string service, string operation)
    {
        lock (_lock)
        {
            // Every fault counts every call that it watches; the one set first strikes.
            Entry? striking = null;
            foreach (var entry in _entries.Where(e => e.Fault.Service == service && (e.Fault.Operation == operation || e.Fault.Operation == Fault.Any)))
            {
                entry.Calls++;
                striking ??= entry.IsDue ? entry : null;
            }

            if (striking is not null)
            {
                striking.Hits++;
            }

            return striking?.Fault;
        }
    }

    private IEnumerable<string>? OperationsOf(string service) => service == StorageOperations.Service
        ? StorageOperations.Names
        : _works.TryGetValue(service, out var steps) ? steps
        : services().FirstOrDefault(s => s.SigningName == service)?.Operations.Keys;

    private static AwsException Throttling(HttpContext http, string service) => service switch
    {
        StorageOperations.Service => new("SlowDown", "Please reduce your request rate.", 503),
        "ec2" => new("RequestLimitExceeded", "Request limit exceeded.", 503),
        _ when http.Request.Headers.ContainsKey("X-Amz-Target") => new("ThrottlingException", "Rate exceeded"),
        _ => new("Throttling", "Rate exceeded"),
    };

    private sealed class Entry(Fault fault)
    {
        public Fault Fault { get; } = fault;

        public long Calls { get; set; }

        public int Hits { get; set; }

        public bool IsDue => Calls >= Fault.Call && Calls - Fault.Call < Fault.Times;
    }
}
