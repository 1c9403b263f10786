using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pipeline.Outcomes;

namespace Pipeline.Changes;

/// <summary>One <c>cat-file --batch</c> for all objects that are asked for, started with the first.</summary>
internal sealed class BlobReader(Git git) : IDisposable
{
    private readonly Lock gate = new();
    private Process? process;

    public byte[] Read(string objectId)
    {
        lock (gate)
        {
            process ??= git.Start(["cat-file", "--batch"]);
            var input = process.StandardInput.BaseStream;
            input.Write(Encoding.ASCII.GetBytes(objectId + '\n'));
            input.Flush();
            var output = process.StandardOutput.BaseStream;
            var header = ReadLine(output).Split(' ');
            if (header.Length != 3)
            {
                throw new PipelineException(ExitCode.Failed, $"git has no object {objectId}: {string.Join(' ', header)}", new Detail("next", "git fsck"));
            }

            var content = new byte[int.Parse(header[2], CultureInfo.InvariantCulture)];
            output.ReadExactly(content);
            output.ReadByte();
            return content;
        }
    }

    public void Dispose()
    {
        if (process is not null)
        {
            process.StandardInput.Close();
            process.WaitForExit(TimeSpan.FromSeconds(5));
            process.Dispose();
        }
    }

    private static string ReadLine(Stream stream)
    {
        var line = new StringBuilder();
        for (var b = stream.ReadByte(); b is not ('\n' or -1); b = stream.ReadByte())
        {
            line.Append((char)b);
        }

        return line.ToString();
    }
}
