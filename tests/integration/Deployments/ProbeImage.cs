using System.Text;
using Pipeline.Aws;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Registry;
using Pipeline.Tests.LocalCloud;

namespace Pipeline.Tests.Deployments;

/// <summary>Images of the probe service; the version's name is part of the image.</summary>
internal static class ProbeImage
{
    /// <returns>its digest</returns>
    public static async Task<string> Push(CloudServer cloud, AwsAccount aws, string repository, string version)
    {
        await aws.Registry.EnsureRepository(repository, immutable: true, CancellationToken.None);
        var folder = TestContext.CurrentContext.TestDirectory;
        var images = cloud.Cloud.Registry.Images;
        var layer = await images.Blobs.Put(ComputeCloud.Layer([.. new[] { "Probe.dll", "Probe.runtimeconfig.json" }.Select(f => ($"app/{f}", File.ReadAllBytes(Path.Combine(folder, f)), false))]), CancellationToken.None);
        var settings = await images.Blobs.Put(Encoding.UTF8.GetBytes($$"""{"os":"linux","architecture":"{{ImageStore.Architecture}}","config":{"WorkingDir":"/app","Entrypoint":["dotnet","/app/Probe.dll"],"Env":["PROBE_VERSION={{version}}","ASPNETCORE_HTTP_PORTS=8080"] } }"""), CancellationToken.None);
        var manifest = Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{settings}}","size":1},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{{layer}}","size":1}]}""");
        var digest = await images.Blobs.Put(manifest, CancellationToken.None);
        images.AddImage(images.FindRepository(repository)!, digest, "application/vnd.oci.image.manifest.v1+json", manifest.Length, null);
        return digest;
    }
}
