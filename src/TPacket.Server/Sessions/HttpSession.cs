using TPacket.Server.Sessions.Limits;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>The session of a connection through an HTTP server. The HTTP server waits until the connection has ended.</summary>
internal sealed class HttpSession(SessionServices services, ConnectionPlace place) : Session(services, place)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the connection has ended.</summary>
    public Task Ended => _ended.Task;

    protected internal override void OnClosed(ConnectionEnd end)
    {
        base.OnClosed(end);
        _ended.TrySetResult();
    }
}
