namespace Storefront.Api;

/// <param name="Status">"healthy" as long as the process answers.</param>
/// <param name="Orders">Where orders are kept, and why there.</param>
/// <param name="Queue">Where orders are announced, and why there.</param>
internal sealed record Health(string Status, string Orders, string Queue);
