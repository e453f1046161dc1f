using System.Text;
using Microsoft.Extensions.Time.Testing;
using TPacket.Transports.Buffers;
using TPacket.Transports.Loops;

namespace TPacket.WebSockets.Tests;

/// <summary>
/// Base class of tests with one connection on a scripted transport. At the end of each test, the handler was notified of the connection's end exactly once, all buffers are returned, and the
/// connection has respected the transport's contract.
/// </summary>
public abstract class ConnectionTests : IDisposable
{
    private readonly long _outstanding = BufferPool.Outstanding;
    private bool _ended;

    private protected FakeTimeProvider Time { get; } = new();

    private protected Heartbeat Heartbeat { get; }

    private protected ScriptedTransport Transport { get; } = new();

    private protected ScriptedHandler Handler { get; } = new();

    private protected WebSocketConnection Connection { get; private set; } = null!;

    private protected static TimeSpan Second { get; } = TimeSpan.FromSeconds(1);

    protected ConnectionTests() => Heartbeat = new Heartbeat(Time, Second);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (Connection is not null && !_ended)
            End(Transport.CloseCalls > 0 ? null : new IOException("The test is over."));
        Heartbeat.Dispose();
        if (Connection is not null)
            Assert.Single(Handler.Ends);
        Assert.Empty(Transport.Misuse);
        Assert.Equal(_outstanding, BufferPool.Outstanding);
    }

    private protected void Accept(WebSocketOptions? options = null) =>
        Connection = WebSocketConnection.Accept(Transport, Handler, options ?? WebSocketOptions.Default, Heartbeat);

    /// <summary>Sets the connection under test, if it was not accepted.</summary>
    private protected void Use(WebSocketConnection connection) => Connection = connection;

    /// <summary>Accepts and upgrades a connection, and removes the handshake from the transport's record.</summary>
    private protected void Open(WebSocketOptions? options = null)
    {
        Accept(options);
        Transport.Receive(Requests.Bytes(Requests.Plain));
        Assert.Equal(Requests.Accepted, SentText);
        Assert.True(Connection.IsOpen);
        Transport.ClearSent();
    }

    private protected string SentText => Encoding.UTF8.GetString(Transport.Sent);

    private protected string[] SentFrames => ServerFrames.Decode(Transport.Sent);

    /// <summary>Ends the transport, and returns the end that the handler was notified of.</summary>
    private protected ConnectionEnd End(Exception? error = null)
    {
        _ended = true;
        Transport.End(error);
        return Assert.Single(Handler.Ends);
    }

    private protected void ExpectEnd(EndCause cause, CloseStatus status = CloseStatus.AbnormalClosure, Exception? error = null)
    {
        var end = End(error);
        Assert.Equal(cause, end.Cause);
        Assert.Equal(status, end.Status);
        Assert.False(Connection.IsOpen);
    }

    /// <summary>Runs an action within one batch of this thread, as a transport's read does.</summary>
    private protected static void InBatch(Action action)
    {
        var batch = FlushBatch.Enter();
        try
        {
            action();
        }
        finally
        {
            batch.Exit();
        }
    }

    /// <summary>Completes a task and runs its continuations on this stack; xunit's synchronization context would post them to the pool.</summary>
    private protected static void Complete(Action complete)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            complete();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private protected void AdvanceSeconds(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            Time.Advance(Second);
    }
}
