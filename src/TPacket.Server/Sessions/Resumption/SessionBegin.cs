using TPacket.Protocol;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions.Limits;
using TPacket.Server.Sessions.SignIn;
using TPacket.Server.Stores.Tracing;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Begins the sessions of users (SESSION).</summary>
internal sealed class SessionBegin(TracedSessionStore store, StoreDeadline storeDeadline, UserSessions sessions, EndedSessions ended)
{
    /// <summary>Begins a session, or changes the grace of the session that the user has.</summary>
    /// <param name="connection">The user's connection.</param>
    /// <param name="token">The token in plain text.</param>
    /// <param name="wanted">The requested grace; zero for the server's default.</param>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time; the user has no session.</exception>
    public async ValueTask<SessionDecision> BeginAsync(Session connection, ReadOnlyMemory<byte> token, TimeSpan wanted)
    {
        // The record names the room, so no move may run meanwhile.
        while (!connection.Moves.TryEnter())
            await connection.Moves.WaitAsync().ConfigureAwait(false);
        try
        {
            // A user whose handler has missed its deadline has left already, and no later step would end its session.
            if (connection.HasEnded)
                return SessionDecision.Refuse(PacketErrorCode.Refused, "The connection has ended.");
            var (hash, grace) = (SecretHash.Of(token.Span), sessions.GraceFor(wanted));
            return connection.UserSession is { } existing
                ? await ExtendAsync(existing, hash, grace).ConfigureAwait(false)
                : await AddAsync(connection, hash, grace).ConfigureAwait(false);
        }
        finally
        {
            connection.Moves.Exit();
        }
    }

    private static async ValueTask<SessionDecision> ExtendAsync(UserSession existing, SecretHash token, TimeSpan grace)
    {
        if (existing.Record.Token != token && existing.Record.NextToken != token)
            return SessionDecision.Refuse(PacketErrorCode.Refused, "You have a session already.");
        return await existing.UpdateAsync(record => record with { Grace = grace }).ConfigureAwait(false) ? SessionDecision.Accept(grace) : SessionDecision.Unknown;
    }

    private async ValueTask<SessionDecision> AddAsync(Session connection, SecretHash token, TimeSpan grace)
    {
        if (!PrincipalHash.TryCreate(connection.Principal, out var principal))
            return SessionDecision.Refuse(PacketErrorCode.Refused, "Your principal has no name.");
        // Otherwise the pending end of an earlier record would end the new record, which has the same number.
        if (connection.Pending.RecordEnd is { IsCompleted: false } cleanUp && !await storeDeadline.TryWaitAsync(cleanUp).ConfigureAwait(false))
            throw new RoomStoreException("The store of sessions has not answered an earlier request of the user.", isOutcomeUnknown: true);
        var address = connection.Place.IsAddressCounted ? AddressLimiter.Key(connection.RemoteEndPoint) : null;
        if (!sessions.TryCount(address))
            return SessionDecision.Refuse(PacketErrorCode.Refused, "There are too many sessions.");
        var member = connection.Member!;
        var record = new SessionRecord
        {
            Number = member.Session,
            UserId = member.Id,
            Nick = member.Nick,
            Token = token,
            Principal = principal,
            Generation = member.Generation,
            Grace = grace,
            Room = connection.CurrentRoom?.Name,
            AcceptedCommands = connection.AcceptedCommands.Ranges,
        };
        var isAdded = false;
        try
        {
            isAdded = await storeDeadline.CallAsync(() => store.AddAsync(record)).ConfigureAwait(false) || await HasLateAsync(connection, record).ConfigureAwait(false);
        }
        catch (RoomStoreException e)
        {
            // The store may still add the record, which no server would serve.
            if (e.IsOutcomeUnknown)
                connection.Pending.RecordEnd = ended.EndAsync(record.Number, record.Generation);
            throw;
        }
        finally
        {
            if (!isAdded)
                sessions.Uncount(address);
        }

        if (!isAdded)
            return SessionDecision.Refuse(PacketErrorCode.InvalidArgument, "Another session has this token.");
        var session = new UserSession(record, store, storeDeadline) { Connection = connection, Address = address };
        sessions.Add(session);
        connection.Keep(session);
        if (!connection.HasEnded)
            return SessionDecision.Accept(grace);
        // The user has left meanwhile. Its cleanup has not seen the session.
        connection.UserSession = null;
        sessions.Remove(session);
        _ = ended.EndAsync(record.Number, record.Generation);
        return SessionDecision.Refuse(PacketErrorCode.Refused, "The connection has ended.");
    }

    /// <summary>Replaces a record that the store has added for an earlier request of the user, after the server had requested its end.</summary>
    /// <returns>False if the store has no such record.</returns>
    private async ValueTask<bool> HasLateAsync(Session connection, SessionRecord record) =>
        connection.Pending.RecordEnd is not null && await storeDeadline.CallAsync(() => store.UpdateAsync(record)).ConfigureAwait(false);
}
