using System.Net;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Ours;

/// <summary>A client of ours: channels on a transport, which end with it.</summary>
public sealed class OurClient(Transport transport) : IAsyncDisposable
{
    private readonly List<WebSocketChannel> _channels = [];

    /// <summary>The bytes of the last connection so far.</summary>
    public CountingConnection? Traffic { get; private set; }

    /// <summary>Options for messages of 16 MiB.</summary>
    public static WebSocketClientOptions Roomy { get; } = new() { Connection = OurServer.Roomy };

    public async Task<WebSocketChannel> ConnectAsync(Uri uri, WebSocketClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(uri);
        using var deadline = Deadline.Start();
        Traffic = new CountingConnection(await transport.ConnectAsync(new IPEndPoint(IPAddress.Loopback, uri.Port), deadline.Token));
        var channel = await WebSocketChannel.UpgradeAsync(Traffic, uri, options ?? Roomy, deadline.Token);
        _channels.Add(channel);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
            await channel.DisposeAsync();
        transport.Dispose();
    }
}
