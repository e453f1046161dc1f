using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Sessions;
using TPacket.WebSockets;

namespace TPacket.Server.Hosting;

/// <summary>Closes every connection when the server stops, and waits for their end.</summary>
internal sealed class ConnectionDrain(OpenConnections connections, TimeProvider timeProvider, IOptions<TPacketServerOptions> options)
{
    private static readonly TimeSpan _leastPause = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Closes a connection with 1001. A client with a session first receives MOVE_ON with a random delay, so that not all clients reconnect at once.
    /// </summary>
    /// <param name="session">The session of the connection.</param>
    /// <param name="spread">The longest delay.</param>
    public static void MoveOn(Session session, TimeSpan spread)
    {
        if (session.UserSession is not null && session.Connection is not null)
            session.Send((int)PacketCommand.MoveOn, Random.Shared.Next((int)spread.TotalMilliseconds + 1), 0, []);
        Close(session);
    }

    /// <summary>Closes a connection with 1001.</summary>
    public static void Close(Session session) => session.Connection?.Close(CloseStatus.GoingAway, "server stops");

    /// <summary>Closes every connection and waits for their end. Aborts the remaining connections in the last tenth of the time.</summary>
    /// <param name="timeout">The time limit of the drain.</param>
    /// <param name="cancellationToken">Ends every wait at once.</param>
    /// <returns>The number of connections that were aborted.</returns>
    public async Task<int> DrainAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var timeToAbort = timeout / 10;
        var drained = connections.BeginDrain();
        var spread = options.Value.MoveOnSpread < timeout / 2 ? options.Value.MoveOnSpread : timeout / 2;
        var timeToEnd = timeout - timeToAbort - await CloseAllAsync(spread, cancellationToken).ConfigureAwait(false);
        if (connections.IsEmpty || await EndsWithinAsync(drained, timeToEnd, cancellationToken).ConfigureAwait(false))
            return 0;

        var sessions = connections.Copy();
        foreach (var session in sessions)
            session.Connection?.Abort();
        // Aborted connections end at once. A handler that ignores the end of its client is left behind.
        await EndsWithinAsync(drained, timeToAbort, cancellationToken).ConfigureAwait(false);
        return sessions.Length;
    }

    /// <summary>
    /// Closes every connection: clients without a session at once, clients with a session one after the other, so that they reconnect one after the other.
    /// </summary>
    /// <returns>The time that the closes take at most: the spread if any client has a session, otherwise zero.</returns>
    private async Task<TimeSpan> CloseAllAsync(TimeSpan spread, CancellationToken cancellationToken)
    {
        var returning = new List<Session>();
        foreach (var session in connections.Copy())
        {
            if (session.UserSession is not null && session.Accepts((int)PacketCommand.MoveOn))
                returning.Add(session);
            else
                Close(session);
        }

        Random.Shared.Shuffle(CollectionsMarshal.AsSpan(returning));
        var since = timeProvider.GetTimestamp();
        for (var i = 0; i < returning.Count; i++)
        {
            var due = spread * i / returning.Count;
            if (due - timeProvider.GetElapsedTime(since) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait < _leastPause ? _leastPause : wait, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            MoveOn(returning[i], spread);
        }

        return returning.Count == 0 ? TimeSpan.Zero : spread;
    }

    private async Task<bool> EndsWithinAsync(Task ended, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await ended.WaitAsync(timeout, timeProvider, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }
}
