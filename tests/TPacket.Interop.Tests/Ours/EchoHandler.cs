using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Ours;

/// <summary>The handler of the sample EchoServer, which also reports the bytes and the end of its connection.</summary>
public sealed class EchoHandler(Func<UpgradeRequest, UpgradeDecision> decide, CountingConnection traffic) : WebSocketHandler
{
    private readonly TaskCompletionSource<ConnectionEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The number of bytes on the wire.</summary>
    public CountingConnection Traffic => traffic;

    /// <summary>The end of the connection.</summary>
    public Task<ConnectionEnd> Ended => _ended.Task.WaitAsync(Deadline.Limit);

    protected internal override ValueTask<UpgradeDecision> OnUpgrade(UpgradeRequest request) => new(decide(request));

    protected internal override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        Connection.Send(type, payload);
        return default;
    }

    protected internal override void OnClosed(ConnectionEnd end) => _ended.TrySetResult(end);
}
