namespace Storefront.Shared;

public sealed record Product(string Id, string Name, string Description, long PriceInCents, int Stock)
{
    public bool SoldOut => Stock <= 0;
}
