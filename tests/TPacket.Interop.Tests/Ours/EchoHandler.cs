using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Ours;

/// <summary>What the sample EchoServer does, and tells of itself.</summary>
public sealed class EchoHandler(Func<UpgradeRequest, UpgradeDecision> decide, CountingConnection traffic) : WebSocketHandler
{
    private readonly TaskCompletionSource<ConnectionEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The bytes of the connection so far.</summary>
    public CountingConnection Traffic => traffic;

    /// <summary>How the connection has ended.</summary>
    public Task<ConnectionEnd> Ended => _ended.Task.WaitAsync(Deadline.Limit);

    protected internal override ValueTask<UpgradeDecision> OnUpgrade(UpgradeRequest request) => new(decide(request));

    protected internal override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        Connection.Send(type, payload);
        return default;
    }

    protected internal override void OnClosed(ConnectionEnd end) => _ended.TrySetResult(end);
}
