using Pipeline.Aws;

namespace Pipeline.Ledger;

/// <summary>Where templates lie that are too large for a request: in the ledger's bucket, named after their content, where CloudFormation reads them.</summary>
/// <param name="store">the ledger's bucket</param>
public sealed class TemplateShelf(ObjectStore store)
{
    /// <summary>Puts a template there; the same template twice is one object.</summary>
    /// <returns>its address for CloudFormation</returns>
    public async Task<Uri> Put(string template, CancellationToken cancel)
    {
        var key = $"templates/{Hashing.Of(template)}";
        await store.PutText(key, template, cancel).ConfigureAwait(false);
        return store.Address(key);
    }
}
