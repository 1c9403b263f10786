using Pipeline.Approvals;
using Pipeline.Aws;
using Pipeline.Watching;

namespace Pipeline.Deployments;

/// <summary>What the overview says of releases beside what runs: who watches them, whom they wait for.</summary>
public static class Whereabouts
{
    /// <summary>The row <c>watch</c>.</summary>
    public static StatusRow Watch(ObjectStore store) => new("watch", async (environment, cancel) =>
        (await new WatchBook(store, environment).List(1, cancel).ConfigureAwait(false)) is [var watch]
            ? watch.End is { } end ? $"ended {WatchWords.End(end)}" : $"until {watch.Until.UtcDateTime:ddd HH:mm} UTC{(watch.Pending is null ? "" : ", TRIGGER FIRED")}"
            : null);

    /// <summary>Which request waits for people.</summary>
    public static Func<string, CancellationToken, Task<string?>> Waiting(ObjectStore store) => async (environment, cancel) =>
        (await new RequestBook(store, environment, TimeProvider.System).Waiting(cancel).ConfigureAwait(false)) is [var request, ..] ? $"waiting: approval of {request.Id}" : null;
}
