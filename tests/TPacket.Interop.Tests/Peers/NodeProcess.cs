using System.Diagnostics;
using System.Text;
using TPacket.Interop.Tests.Tls;

namespace TPacket.Interop.Tests.Peers;

/// <summary>Node with the package <c>ws</c>, which runs node/peer.mjs.</summary>
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

    /// <summary>The port of the loopback address that it listens on.</summary>
    public string Port { get; private set; } = "";

    /// <summary>The port where TLS is spoken.</summary>
    public string TlsPort { get; private set; } = "";

    public static async Task<NodeProcess> StartAsync(string node, string script)
    {
        var files = new CertificateFiles();
        var start = new ProcessStartInfo(node, [script, files.Certificate, files.Key])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        var started = new NodeProcess(Process.Start(start)!, files);
        try
        {
            var ports = (await started.Ready).Split(' ');
            (started.Port, started.TlsPort) = (ports[1], ports[2]);
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
