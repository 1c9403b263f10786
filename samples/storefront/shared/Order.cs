namespace Storefront.Shared;

public sealed record OrderLine(string ProductId, int Quantity);

/// <summary>What a customer asks for; anything may be missing until <see cref="OrderRules"/> has looked.</summary>
public sealed record NewOrder(string? Customer, IReadOnlyList<OrderLine>? Lines);

public sealed record Order(Guid Id, string Customer, IReadOnlyList<OrderLine> Lines, long TotalInCents, DateTimeOffset PlacedAt);
