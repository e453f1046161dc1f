using System.Diagnostics;
using System.Net.Sockets;

namespace TPacket.Interop.Tests.Peers;

/// <summary>nginx in front of a server, on a Unix domain socket.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-nginx");
    private readonly Process _process;
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private NginxProcess(string nginx, Func<string, string> http)
    {
        var configuration = Path.Combine(_folder.FullName, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr notice;
            events {}
            http {
                access_log off;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                {{http($"listen unix:{SocketPath};")}}
            }
            """);
        _process = Process.Start(new ProcessStartInfo(nginx, ["-p", _folder.FullName, "-e", "stderr", "-c", configuration]) { RedirectStandardError = true })!;
        _reading = ReadAsync();
    }

    private string SocketPath => Path.Combine(_folder.FullName, "socket");

    /// <summary>Starts nginx and waits until it listens.</summary>
    /// <param name="nginx">The program.</param>
    /// <param name="location">The block of its configuration that names the server behind it.</param>
    public static Task<NginxProcess> StartAsync(string nginx, string location) => StartAsync(nginx, listen => $$"""
        server {
            {{listen}}
            {{location}}
        }
        """);

    /// <summary>Starts nginx and waits until it listens.</summary>
    /// <param name="nginx">The program.</param>
    /// <param name="http">Returns the servers of its configuration, given the directive by which one of them listens.</param>
    public static async Task<NginxProcess> StartAsync(string nginx, Func<string, string> http)
    {
        var started = new NginxProcess(nginx, http);
        try
        {
            await started._listening.Task.WaitAsync(Deadline.Limit);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns a client that sends requests to nginx, whatever their host.</summary>
    public HttpMessageInvoker CreateHttp() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _reading;
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ReadAsync()
    {
        var said = "";
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            said += line + "\n";
            // nginx logs this when it has bound the socket.
            if (line.Contains("event method", StringComparison.Ordinal))
                _listening.TrySetResult();
        }

        _listening.TrySetException(new InvalidOperationException($"nginx has ended. {said}"));
    }
}
