using System.Net;
using System.Xml;
using System.Xml.Linq;

namespace Storefront.Tests.Web;

/// <summary>A page that must be well formed to be read.</summary>
internal sealed record HtmlPage(HttpStatusCode Status, XDocument Document)
{
    public string Title => Document.Descendants("title").Single().Value;

    public string Text => string.Join(' ', Document.Descendants("main").Single().DescendantNodes().OfType<XText>().Select(text => text.Value.Trim()));

    public static async Task<HtmlPage> ReadAsync(HttpResponseMessage answer)
    {
        Assert.That(answer.Content.Headers.ContentType?.ToString(), Is.EqualTo("text/html; charset=utf-8"));
        var body = await answer.Content.ReadAsStringAsync();
        Assert.That(body, Does.StartWith("<!DOCTYPE html>"));
        using var reader = XmlReader.Create(new StringReader(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return new(answer.StatusCode, XDocument.Load(reader));
    }

    public string ById(string id) => Document.Descendants().Single(element => (string?)element.Attribute("id") == id).Value;
}
