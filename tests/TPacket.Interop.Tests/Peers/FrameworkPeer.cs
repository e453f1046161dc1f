using System.Net.WebSockets;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Peers;

/// <summary>A <see cref="WebSocket"/> of .NET, of a client or of Kestrel.</summary>
internal sealed class FrameworkPeer : Peer
{
    private WebSocket _socket = null!;
    private bool _closing;

    public override Task SendAsync(Message message) => SendFragmentsAsync(message);

    public override async Task SendFragmentsAsync(Message message, params int[] ends)
    {
        var type = message.Type == MessageType.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        var payload = message.Payload;
        var from = 0;
        foreach (var end in ends)
        {
            await _socket.SendAsync(payload.AsMemory(from..end), type, endOfMessage: false, CancellationToken.None);
            from = end;
        }

        await _socket.SendAsync(payload.AsMemory(from), type, endOfMessage: true, CancellationToken.None);
    }

    public override Task CloseAsync(int status, string reason)
    {
        _closing = true;
        return _socket.CloseOutputAsync((WebSocketCloseStatus)status, reason, CancellationToken.None);
    }

    public override Task VanishAsync()
    {
        _socket.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Reports the events of an open connection, until its end.</summary>
    public async Task RunAsync(WebSocket socket, string? extensions)
    {
        _socket = socket;
        Tell($"open{(socket.SubProtocol is null ? "" : $" protocol {socket.SubProtocol}")}{(string.IsNullOrEmpty(extensions) ? "" : $" extensions {extensions}")}");
        try
        {
            while (await TellNextAsync(socket))
            {
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            Tell("close 1006");
        }
    }

    /// <summary>Receives a message, or a close frame, and answers the close frame unless it is an answer itself.</summary>
    private async Task<bool> TellNextAsync(WebSocket socket)
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            message.Write(buffer, 0, received.Count);
        }
        while (!received.EndOfMessage);

        if (received.MessageType != WebSocketMessageType.Close)
        {
            Tell(Message.Describe(received.MessageType == WebSocketMessageType.Text ? MessageType.Text : MessageType.Binary, message.ToArray()));
            return true;
        }

        // The socket's state does not help: it changes some time after the close frame was sent, when the answer may have arrived already.
        if (!_closing)
            await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.Empty, null, CancellationToken.None);
        Tell($"close {(int)(socket.CloseStatus ?? WebSocketCloseStatus.Empty)} {socket.CloseStatusDescription}".TrimEnd());
        return false;
    }
}
