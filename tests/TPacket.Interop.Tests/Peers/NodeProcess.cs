using System.Diagnostics;
using System.Text;
using TPacket.Interop.Tests.Tls;

namespace TPacket.Interop.Tests.Peers;

/// <summary>Node with a steered script.</summary>
internal sealed class NodeProcess : Steering, IAsyncDisposable
{
    private readonly Process _process;
    private readonly CertificateFiles _files;
    private readonly Task _reading;

    private NodeProcess(Process process, CertificateFiles files)
    {
        _process = process;
        _files = files;
        _reading = ReadAsync();
    }

    /// <summary>The first line of the script.</summary>
    public string Greeting { get; private set; } = "";

    /// <param name="node">The path of Node.</param>
    /// <param name="script">The script. Its first arguments are the files of the test certificate and its key, and it trusts that certificate.</param>
    /// <param name="arguments">Further arguments.</param>
    public static async Task<NodeProcess> StartAsync(string node, string script, params string[] arguments)
    {
        var files = new CertificateFiles();
        var start = new ProcessStartInfo(node, [script, files.Certificate, files.Key, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            Environment = { ["NODE_EXTRA_CA_CERTS"] = files.Certificate },
        };
        var started = new NodeProcess(Process.Start(start)!, files);
        try
        {
            started.Greeting = await started.Ready;
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    public override void Write(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _reading;
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _files.Dispose();
    }

    private async Task ReadAsync()
    {
        var errors = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            OnLine(line);
        OnGone($"Node has ended. {await errors}");
    }
}
