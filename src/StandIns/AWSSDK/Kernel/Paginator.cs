using Amazon.Runtime;

namespace StandIns.Aws;

/// <summary>Pages of one request, each asked for when it is needed; can be walked once.</summary>
public abstract class Paginator<TResponse> : IPaginator<TResponse>
    where TResponse : AmazonWebServiceResponse
{
    private int _walked;

    public async IAsyncEnumerable<TResponse> PaginateAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _walked, 1) != 0)
        {
            throw new InvalidOperationException("Paginator has already been consumed and cannot be reused. Please create a new instance.");
        }

        string? token = null;
        do
        {
            var response = await Page(token, cancellationToken).ConfigureAwait(false);
            yield return response;
            token = Next(response);
        }
        while (!string.IsNullOrEmpty(token));
    }

    /// <summary>The next page's token; null or empty: that was the last.</summary>
    protected abstract string? Next(TResponse response);

    /// <summary>Asks for a page.</summary>
    /// <param name="token">null for the first one</param>
    protected abstract Task<TResponse> Page(string? token, CancellationToken cancel);
}
