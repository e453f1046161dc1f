using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>A client's attempt to open a connection, which somebody waits for.</summary>
internal sealed class ClientOpening(UpgradeOffer offer)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was asked for.</summary>
    public UpgradeOffer Offer => offer;

    /// <summary>The request to be sent; empty where there is an answer.</summary>
    public ReadOnlyMemory<byte> Request { get; init; }

    /// <summary>What was answered already, over HTTP/2.</summary>
    public ExtendedConnectAnswer? Answer { get; init; }

    /// <summary>The server's answer, once there is one.</summary>
    public UpgradeResponse? Response { get; set; }

    /// <summary>Completes when the connection is open, or with a <see cref="WebSocketConnectException"/>.</summary>
    public Task Completion => _completion.Task;

    public void OnOpened() => _completion.TrySetResult();

    public void OnEnded(ConnectionEnd end, Exception? error) => _completion.TrySetException(new WebSocketConnectException(end, Response, error));
}
