using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>A client's attempt to open a connection, with the task that its caller awaits.</summary>
internal sealed class ClientOpening(UpgradeOffer offer)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The subprotocols and extensions that the client offers.</summary>
    public UpgradeOffer Offer => offer;

    /// <summary>The encoded request; empty over HTTP/2, where it was sent already.</summary>
    public ReadOnlyMemory<byte> Request { get; init; }

    /// <summary>The response over HTTP/2; null over HTTP/1.1.</summary>
    public ExtendedConnectAnswer? Answer { get; init; }

    /// <summary>The server's response; null until it has arrived.</summary>
    public UpgradeResponse? Response { get; set; }

    /// <summary>A task that completes when the connection is open, or fails with a <see cref="WebSocketConnectException"/>.</summary>
    public Task Completion => _completion.Task;

    public void OnOpened() => _completion.TrySetResult();

    public void OnEnded(ConnectionEnd end, Exception? error) => _completion.TrySetException(new WebSocketConnectException(end, Response, error));
}
