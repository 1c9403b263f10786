using System.Text.Encodings.Web;
using Storefront.Shared;

namespace Storefront.Web;

/// <summary>The shop's pages: HTML that is also well-formed XML.</summary>
internal static class ShopPage
{
    public static string Products(IReadOnlyList<Product> products, VersionInfo web, VersionInfo api) => Page(web, api, $"""
        <ul class="shelf">
        {string.Join('\n', products.Select(Card))}
        </ul>
        <form method="post" action="/orders">
          <h2>Order</h2>
          <label>Product <select name="product">{string.Concat(products.Where(product => !product.SoldOut).Select(Choice))}</select></label>
          <label>Quantity <input name="quantity" type="number" min="1" max="{OrderRules.LargestQuantity}" value="1" required="required"/></label>
          <label>Your name <input name="customer" maxlength="{OrderRules.LongestName}" autocomplete="name" required="required"/></label>
          <button>Place the order</button>
        </form>
        """);

    public static string Confirmation(Order order, VersionInfo web) => Page(web, null, $"""
        <section class="note"><h2>Thank you, {Text(order.Customer)}</h2>
        <p>Order <code>{order.Id}</code> over {Money.Format(order.TotalInCents)} is placed.</p><p><a href="/">Back to the shop</a></p></section>
        """);

    public static string Refusal(IEnumerable<string> problems, VersionInfo web) => Page(web, null, $"""
        <section class="note"><h2>The order was not placed</h2>
        <ul>{string.Concat(problems.Select(problem => $"<li>{Text(problem)}</li>"))}</ul><p><a href="/">Back to the shop</a></p></section>
        """);

    public static string Unavailable(string reason, VersionInfo web) => Page(web, null, $"""
        <section class="note"><h2>The shop is closed for a moment</h2>
        <p>Our catalogue does not answer. Please try again in a minute.</p>
        <p class="fine">The api is not reachable: {Text(reason)}.</p></section>
        """);

    private static string Card(Product product) => $"""
          <li id="{Text(product.Id)}"><h2>{Text(product.Name)}</h2><p>{Text(product.Description)}</p>
          <p class="price">{Money.Format(product.PriceInCents)}<span>{(product.SoldOut ? "sold out" : "in stock")}</span></p></li>
        """;

    private static string Choice(Product product) => $"""<option value="{Text(product.Id)}">{Text(product.Name)}</option>""";

    private static string Page(VersionInfo web, VersionInfo? api, string main) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title>Storefront</title>
        <style>{Style}</style>
        </head>
        <body>
        <header><h1>Storefront</h1><p>Good things for coffee</p></header>
        <main>
        {main}
        </main>
        <footer>environment <b id="environment">{Text(web.Environment)}</b> · web <b id="web-version">{Text(web.Version)}</b>{(api is null ? "" : $" · api <b id=\"api-version\">{Text(api.Version)}</b>")}</footer>
        </body>
        </html>
        """;

    private static string Text(string value) => HtmlEncoder.Default.Encode(value);

    private const string Style = """

        :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
        body { margin: 0 auto; padding: 2rem 1rem; max-width: 60rem; }
        header h1 { margin: 0; font-size: 2.2rem; letter-spacing: -.03em; }
        header p, footer, .fine { margin: 0; opacity: .7; }
        .shelf { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1rem; margin: 2rem 0; padding: 0; list-style: none; }
        .shelf li, form, .note { padding: 1rem 1.25rem; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: .75rem; }
        h2 { margin: 0 0 .25rem; font-size: 1.1rem; }
        .price { display: flex; justify-content: space-between; margin: 0; font-weight: 600; }
        .price span { font-weight: 400; opacity: .7; }
        form { display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; }
        form h2 { flex-basis: 100%; }
        label { display: grid; gap: .25rem; }
        input, select, button { font: inherit; padding: .4rem .6rem; }
        .note { margin: 2rem 0; }
        footer { margin-top: 2rem; font-size: .85rem; }

        """;
}
