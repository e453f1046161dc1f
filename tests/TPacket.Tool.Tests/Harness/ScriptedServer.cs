using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TPacket.Tool.Tests.Harness;

/// <summary>A listener that responds to the head of each request with the same bytes, or never if these are null.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public ScriptedServer(string? answer)
    {
        _listener.Start();
        _run = RunAsync(answer is null ? null : Encoding.UTF8.GetBytes(answer));
    }

    public string Address => $"ws://{_listener.LocalEndpoint}/";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(byte[]? answer)
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            try
            {
                await AnswerAsync(client.GetStream(), answer);
            }
            catch (IOException)
            {
                // The tool has closed the connection.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, byte[]? answer)
    {
        var buffer = new byte[4096];
        var length = 0;
        // A TLS client hello begins with 0x16 and has no end of a head.
        while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0 && !(length > 0 && buffer[0] == 0x16))
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), _stop.Token);
            if (read == 0)
                return;
            length += read;
        }

        if (answer is null)
            await Task.Delay(Timeout.Infinite, _stop.Token);
        await stream.WriteAsync(answer, _stop.Token);
    }
}
