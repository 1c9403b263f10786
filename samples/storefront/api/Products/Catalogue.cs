using Storefront.Shared;

namespace Storefront.Api.Products;

/// <summary>What the shop sells, with the stock that it opens with.</summary>
internal static class Catalogue
{
    public static readonly IReadOnlyList<Product> Products =
    [
        new("espresso-cup", "Espresso cup", "Stoneware, 80 ml, glazed by hand.", 1250, 10_000),
        new("enamel-mug", "Enamel mug", "350 ml, survives a camp fire and a dishwasher.", 1490, 10_000),
        new("pour-over", "Pour-over dripper", "Porcelain, for one large cup or two small ones.", 2800, 10_000),
        new("hand-grinder", "Hand grinder", "Steel burrs, 24 steps from espresso to French press.", 6900, 10_000),
        new("anniversary-roast", "Anniversary roast", "250 g, one harvest only.", 1800, 0),
    ];

    public static readonly IReadOnlyDictionary<string, Product> ById = Products.ToDictionary(product => product.Id, StringComparer.Ordinal);
}
