using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>Alarms by name with their history, and the actions that a change of state takes.</summary>
/// <param name="act">takes an action: the target's ARN, a subject, a message</param>
internal sealed class AlarmStore(Database database, TimeProvider time, Action<string, string, string> act)
{
    private const int KeptItems = 500;
    private readonly Table<Alarm> _alarms = database.Table<Alarm>("cloudwatch/alarms");
    private readonly Table<AlarmHistoryItem> _history = database.Table<AlarmHistoryItem>("cloudwatch/history");
    private readonly Lock _lock = new();

    public IEnumerable<Alarm> All => _alarms.All.OrderBy(alarm => alarm.Name, StringComparer.Ordinal);

    public Alarm? Find(string name) => _alarms.Find(name);

    public string? StateOf(string arn) => _alarms.All.FirstOrDefault(alarm => alarm.Arn == arn)?.State;

    public IEnumerable<AlarmHistoryItem> History => _history.All;

    /// <summary>A new alarm, or a known one configured anew: that keeps its state.</summary>
    public Alarm Put(Alarm wanted)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var known = Find(wanted.Name);
            var put = known is null
                ? wanted with { StateUpdated = now, StateTransitioned = now, ConfigurationUpdated = now }
                : wanted with
                {
                    Arn = known.Arn, State = known.State, Reason = known.Reason, ReasonData = known.ReasonData,
                    StateUpdated = known.StateUpdated, StateTransitioned = known.StateTransitioned, ConfigurationUpdated = now,
                };
            _alarms.Put(put.Name, put);
            Note(put, "ConfigurationUpdate", $"Alarm \"{put.Name}\" {(known is null ? "created" : "updated")}", new JsonObject { ["version"] = "1.0", ["type"] = known is null ? "Create" : "Update" });
            return put;
        }
    }

    public void Configure(string name, Func<Alarm, Alarm> change)
    {
        lock (_lock)
        {
            if (Find(name) is { } alarm)
            {
                _alarms.Put(name, change(alarm));
            }
        }
    }

    public bool Delete(string name)
    {
        lock (_lock)
        {
            if (!_alarms.Remove(name))
            {
                return false;
            }

            foreach (var key in _history.Keys.Where(key => key.StartsWith($"{name}|", StringComparison.Ordinal)).ToList())
            {
                _history.Remove(key);
            }

            return true;
        }
    }

    /// <summary>Puts an alarm into a state; a change is told to the actions of the new state.</summary>
    /// <param name="evaluated">until when the data decided; the alarm is not looked at again before a period after it</param>
    public void Set(string name, string state, (string Text, string? Data) reason, DateTimeOffset evaluated)
    {
        lock (_lock)
        {
            if (Find(name) is not { } alarm)
            {
                return;
            }

            if (alarm.State == state)
            {
                _alarms.Put(name, alarm with { Evaluated = evaluated });
                return;
            }

            var now = time.GetUtcNow();
            var changed = alarm with { State = state, Reason = reason.Text, ReasonData = reason.Data, StateUpdated = now, StateTransitioned = now, Evaluated = evaluated };
            _alarms.Put(name, changed);
            Note(changed, "StateUpdate", $"Alarm updated from {alarm.State} to {state}", new JsonObject
            {
                ["version"] = "1.0",
                ["oldState"] = new JsonObject { ["stateValue"] = alarm.State, ["stateReason"] = alarm.Reason },
                ["newState"] = new JsonObject { ["stateValue"] = state, ["stateReason"] = reason.Text, ["stateReasonData"] = reason.Data is null ? null : JsonNode.Parse(reason.Data) },
            });
            if (changed.ActionsEnabled)
            {
                Act(changed, alarm.State);
            }
        }
    }

    private void Act(Alarm alarm, string before)
    {
        var subject = $"{alarm.State}: \"{alarm.Name}\" in {Region(alarm)}";
        foreach (var target in alarm.Actions)
        {
            string state;
            string? error = null;
            try
            {
                act(target, subject, AlarmShape.Message(alarm, before).ToJsonString());
                state = "Succeeded";
            }
            catch (AwsException refusal)
            {
                (state, error) = ("Failed", refusal.Message);
            }

            Note(alarm, "Action", $"{(state == "Failed" ? "Failed to execute" : "Successfully executed")} action {target}", new JsonObject { ["actionState"] = state, ["notificationResource"] = target, ["publishedMessage"] = null, ["error"] = error });
        }
    }

    private void Note(Alarm alarm, string type, string summary, JsonObject data)
    {
        var now = time.GetUtcNow();
        var own = _history.Keys.Where(key => key.StartsWith($"{alarm.Name}|", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var number = own.Count == 0 ? 0 : long.Parse(own[^1].AsSpan(alarm.Name.Length + 1), CultureInfo.InvariantCulture) + 1;
        _history.Put(string.Create(CultureInfo.InvariantCulture, $"{alarm.Name}|{number:D12}"), new AlarmHistoryItem(alarm.Name, now, type, summary, data.ToJsonString()));
        if (own.Count >= KeptItems)
        {
            _history.Remove(own[0]);
        }
    }

    private static string Region(Alarm alarm) => alarm.Arn.Split(':')[3];
}
