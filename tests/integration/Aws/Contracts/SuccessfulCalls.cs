using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Pipeline.Tests.Aws.Contracts;

/// <summary>Writes down which operations the SDK's clients were answered with success, for the test that asks.</summary>
internal sealed class SuccessfulCalls : IRuntimePipelineCustomizer
{
    private static readonly AsyncLocal<HashSet<string>?> Current = new();

    /// <summary>Operations that .NET calls otherwise than the public model.</summary>
    private static readonly Dictionary<string, string> ModelNames = new()
    {
        ["PutBucket"] = "CreateBucket",
        ["GetObjectMetadata"] = "HeadObject",
        ["InitiateMultipartUpload"] = "CreateMultipartUpload",
        ["GetLifecycleConfiguration"] = "GetBucketLifecycleConfiguration",
        ["PutLifecycleConfiguration"] = "PutBucketLifecycleConfiguration",
        ["DeleteLifecycleConfiguration"] = "DeleteBucketLifecycle",
        ["ListVersions"] = "ListObjectVersions",
    };

    public string UniqueName => nameof(SuccessfulCalls);

    /// <summary>From here on, in this test: service by signing name and operation.</summary>
    public static IReadOnlySet<string> Record()
    {
        RuntimePipelineCustomizerRegistry.Instance.Register(new SuccessfulCalls());
        return Current.Value = [];
    }

    public void Customize(Type type, RuntimePipeline pipeline) => pipeline.AddHandler(new Recorder());

    private sealed class Recorder : PipelineHandler
    {
        public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var answer = await base.InvokeAsync<T>(executionContext);
            var name = executionContext.RequestContext.RequestName.Replace("Request", "", StringComparison.Ordinal);
            Current.Value?.Add($"{executionContext.RequestContext.ClientConfig.AuthenticationServiceName} {ModelNames.GetValueOrDefault(name, name)}");
            return answer;
        }
    }
}
