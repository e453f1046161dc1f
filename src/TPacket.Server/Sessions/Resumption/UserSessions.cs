using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions.Limits;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>The sessions of users on this server: finds and counts them, and tracks the users that are away. Thread-safe.</summary>
internal sealed class UserSessions : IDisposable
{
    private readonly ConcurrentDictionary<long, UserSession> _sessions = new();
    private readonly TPacketServerOptions _options;
    private readonly UserRegistry _users;
    private readonly Heartbeat _heartbeat;
    private readonly ServerMetrics _metrics;
    private readonly AddressLimiter _addresses;
    private readonly GraceTimer _graces;
    private int _count;

    public UserSessions(UserRegistry users, Heartbeat heartbeat, TimeProvider timeProvider, ServerMetrics metrics, IOptions<TPacketServerOptions> options)
    {
        _options = options.Value;
        _users = users;
        _heartbeat = heartbeat;
        _metrics = metrics;
        _addresses = new AddressLimiter(_options.MaxConnectionsPerAddress);
        _graces = new GraceTimer(heartbeat, timeProvider, OnDue);
    }

    /// <summary>Called when the grace of a session's user may have ended.</summary>
    public Action<UserSession>? GraceEnded { get; set; }

    public void Dispose() => _graces.Dispose();

    /// <summary>Returns the session with a number; null for none.</summary>
    public UserSession? Find(long number) => _sessions.GetValueOrDefault(number);

    /// <summary>Returns the grace that the server grants to a client.</summary>
    /// <param name="wanted">The requested grace; zero for the server's default.</param>
    public TimeSpan GraceFor(TimeSpan wanted)
    {
        var grace = wanted == TimeSpan.Zero ? _options.SessionGrace : wanted;
        return grace < _options.MaxSessionGrace ? grace : _options.MaxSessionGrace;
    }

    /// <summary>Counts one more session, unless a limit is reached.</summary>
    /// <param name="address">The client's address; null for a client that does not count for the limit of its address.</param>
    /// <returns>False if a limit is reached.</returns>
    public bool TryCount(AddressKey? address)
    {
        if (Interlocked.Increment(ref _count) <= _options.MaxConnections && _addresses.TryEnter(address))
            return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>Counts a restored session, even if a limit is reached.</summary>
    public void CountLeft() => Interlocked.Increment(ref _count);

    /// <summary>Counts one session less.</summary>
    public void Uncount(AddressKey? address)
    {
        Interlocked.Decrement(ref _count);
        _addresses.Leave(address);
    }

    /// <summary>Adds a counted session.</summary>
    public void Add(UserSession session) => _sessions[session.Record.Number] = session;

    /// <summary>Removes a session that has ended.</summary>
    public void Remove(UserSession session)
    {
        session.HasEnded = true;
        _sessions.TryRemove(KeyValuePair.Create(session.Record.Number, session));
        Uncount(session.Address);
    }

    /// <summary>Sets the user of a session as away. The caller has the session's gate.</summary>
    public void AddAway(UserSession session, AwayUser away)
    {
        (session.Connection, session.Away, session.HeldRoom) = (null, away, null);
        _users.Add(away);
        _graces.Add(away.Until, session.Record.Number);
    }

    /// <summary>Removes the away user of a session, because it has returned or left. The caller has the session's gate.</summary>
    public void RemoveAway(UserSession session, AwayUser away)
    {
        _graces.Remove(away.Until, session.Record.Number);
        _metrics.UserReturned();
        session.Away = null;
    }

    /// <summary>Calls <see cref="GraceEnded"/> for a session later.</summary>
    /// <param name="session">The session.</param>
    /// <param name="until">The time, in milliseconds of the heartbeat.</param>
    public void CheckLater(UserSession session, long until) => _graces.Add(until, session.Record.Number);

    /// <summary>Calls <see cref="GraceEnded"/> for a session after <see cref="TPacketServerOptions.StoreTimeout"/>, because its end has failed.</summary>
    public void CheckAgain(UserSession session) => CheckLater(session, _heartbeat.PreciseNow + (long)_options.StoreTimeout.TotalMilliseconds);

    private void OnDue(long number)
    {
        if (Find(number) is { } session)
            GraceEnded?.Invoke(session);
    }
}
