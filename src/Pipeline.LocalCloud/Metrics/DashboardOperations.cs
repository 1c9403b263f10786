using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Metrics;

internal sealed record Dashboard(string Name, string Body, DateTimeOffset Modified)
{
    public string Arn => $"arn:aws:cloudwatch::{Account.Id}:dashboard/{Name}";
}

/// <summary>Dashboards by name: kept and handed out, their widgets are the reader's.</summary>
internal sealed class DashboardStore(Database database, TimeProvider time)
{
    private readonly Table<Dashboard> _dashboards = database.Table<Dashboard>("cloudwatch/dashboards");

    public IEnumerable<Dashboard> All => _dashboards.All.OrderBy(dashboard => dashboard.Name, StringComparer.Ordinal);

    public Dashboard? Find(string name) => _dashboards.Find(name);

    /// <exception cref="AwsException">the name or the body is not allowed</exception>
    public Dashboard Put(string name, string body)
    {
        if (name.Length is 0 or > 255 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw MetricRefusals.Invalid($"The dashboard name '{name}' must have 1 to 255 letters, digits, - and _.");
        }

        try
        {
            if (JsonNode.Parse(body) is not JsonObject parsed || parsed["widgets"] is not null and not JsonArray)
            {
                throw Broken("The field dashboardBody must be a valid JSON object with a list of widgets");
            }
        }
        catch (JsonException)
        {
            throw Broken("The field dashboardBody must be a valid JSON object");
        }

        var dashboard = new Dashboard(name, body, time.GetUtcNow());
        _dashboards.Put(name, dashboard);
        return dashboard;
    }

    public bool Delete(string name) => _dashboards.Remove(name);

    private static AwsException Broken(string message) => new("DashboardInvalidInputError", message) { QueryCode = "InvalidParameterInput" };
}

/// <param name="show">a time as the wire carries it</param>
internal sealed class DashboardOperations(DashboardStore dashboards, Func<DateTimeOffset, JsonNode> show)
{
    public AwsService AddTo(AwsService service) => service
        .On("PutDashboard", Put)
        .On("GetDashboard", Get)
        .On("ListDashboards", List)
        .On("DeleteDashboards", Delete);

    private JsonObject Put(AwsRequest request)
    {
        dashboards.Put(request.Text("DashboardName") ?? throw MetricRefusals.Missing("DashboardName"), request.Text("DashboardBody") ?? throw MetricRefusals.Missing("DashboardBody"));
        return new JsonObject { ["DashboardValidationMessages"] = new JsonArray() };
    }

    private JsonObject Get(AwsRequest request)
    {
        var name = request.Text("DashboardName") ?? throw MetricRefusals.Missing("DashboardName");
        var dashboard = dashboards.Find(name) ?? throw MetricRefusals.NoDashboard(name);
        return new JsonObject { ["DashboardArn"] = dashboard.Arn, ["DashboardBody"] = dashboard.Body, ["DashboardName"] = name };
    }

    private JsonObject List(AwsRequest request)
    {
        var prefix = request.Text("DashboardNamePrefix") ?? "";
        return MetricPaging.Page(request, "DashboardEntries", [.. dashboards.All.Where(dashboard => dashboard.Name.StartsWith(prefix, StringComparison.Ordinal))], dashboard => new JsonObject
        {
            ["DashboardName"] = dashboard.Name,
            ["DashboardArn"] = dashboard.Arn,
            ["LastModified"] = show(dashboard.Modified),
            ["Size"] = Encoding.UTF8.GetByteCount(dashboard.Body),
        }, 1000);
    }

    private JsonObject Delete(AwsRequest request)
    {
        var names = request.Body.Texts("DashboardNames");
        if (names.FirstOrDefault(name => dashboards.Find(name) is null) is { } unknown)
        {
            throw MetricRefusals.NoDashboard(unknown);
        }

        foreach (var name in names)
        {
            dashboards.Delete(name);
        }

        return [];
    }
}
