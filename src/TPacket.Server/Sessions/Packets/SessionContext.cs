using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions.Resumption;
using TPacket.Transports.Buffers;

namespace TPacket.Server.Sessions.Packets;

/// <summary>The packet that a session is handling. The context owns a copy of the data, so that the handler may complete later.</summary>
internal sealed class SessionContext(Session session, SessionServices services) : CommandContext
{
    private byte[]? _buffer;
    private PacketHeader _header;
    private IServiceScope? _scope;

    /// <summary>The activity of the packet; null without a listener.</summary>
    public Activity? Activity { get; set; }

    /// <summary>Whether the handler has appended an event for the packet.</summary>
    public bool IsAppended { get; set; }

    public Session Session => session;

    public override IUser User => session;

    public override IRoom? Room => session.CurrentRoom;

    public override IServiceProvider Services => (_scope ??= services.Scopes.CreateScope()).ServiceProvider;

    /// <summary>Whether the packet has a scope of services.</summary>
    public bool HasScope => _scope is not null;

    public override PacketHeader Header => _header;

    public override ReadOnlyMemory<byte> Data => _buffer.AsMemory(0, _header.DataLength);

    public override bool Reply(int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        if (command == (int)PacketCommand.RespError && Activity is { } activity)
            ServerActivities.OnRefused(activity, p1);
        // These two errors do not say whether the store has appended an earlier attempt.
        if (command != (int)PacketCommand.RespError || (PacketErrorCode)p1 is not (PacketErrorCode.Unknown or PacketErrorCode.RateLimited))
            session.OnAnswered(_header.Uid);
        var asked = command >= CommandRange.FirstExtension && _header.Command >= CommandRange.FirstExtension;
        return (asked || session.Accepts(command)) && session.SendPacket(_header.Uid, command, p1, p2, data);
    }

    public override ValueTask<AppendResult> SayAsync(ReadOnlyMemory<byte> text)
    {
        if (session.CurrentRoom is not { } room)
            return new ValueTask<AppendResult>(PacketAppend.AnswerOutside(this));
        room.ThrowIfNoMessage(text.Span);
        return PacketAppend.AppendAsync(session, this, room, new RoomAppend(RoomEvent.Message(session.Member!, text)));
    }

    public override ValueTask<AppendResult> BroadcastAsync(int command, int p1, int p2, ReadOnlyMemory<byte> data, AppendCondition? condition)
    {
        if (!CommandRange.IsApplication(command))
            throw new ArgumentOutOfRangeException(nameof(command), command, $"An application's commands are {CommandRange.FirstApplication} and up.");
        return session.CurrentRoom is { } room
            ? PacketAppend.AppendAsync(session, this, room, new RoomAppend(RoomEvent.Packet(command, p1, p2, data, session.Member)) { Condition = condition })
            : new ValueTask<AppendResult>(PacketAppend.AnswerOutside(this));
    }

    public override async ValueTask<bool> EnterRoomAsync(string name)
    {
        if (session.Pending.Append is not null)
        {
            PacketAppend.AnswerBlocked(this);
            return false;
        }

        await services.Moves.EnterAsync(session, name, _header.Uid).ConfigureAwait(false);
        return true;
    }

    public override ValueTask<NickDecision> SetNickAsync(string nick) => session.Pending.Append is null
        ? services.Nicks.SetAsync(session, nick)
        : new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.Unknown, PacketAppend.BlockedText));

    public override async ValueTask<bool> AcceptCommandsAsync(int first, int last)
    {
        if (!session.AcceptedCommands.TryAdd(first, last))
            return false;
        if (session.CurrentRoom is { Rules: { } rules } room && rules.Command >= first && rules.Command <= last)
            room.Delivery.SendViewTo(session);
        if (session is { UserSession: { } kept, HasEnded: false })
            await kept.UpdateAsync(record => record with { AcceptedCommands = session.AcceptedCommands.Ranges }).ConfigureAwait(false);
        return true;
    }

    /// <summary>Gives the user a session, which outlives its connection. Sends no reply.</summary>
    /// <param name="token">The secret with which the client resumes the session.</param>
    /// <param name="grace">
    /// The requested grace; zero for <see cref="TPacketServerOptions.SessionGrace"/>.
    /// The server grants at most <see cref="TPacketServerOptions.MaxSessionGrace"/>.
    /// </param>
    /// <exception cref="InvalidOperationException">The user has no nick yet.</exception>
    /// <exception cref="RoomStoreException">The session store failed: the user has no session.</exception>
    public ValueTask<SessionDecision> BeginSessionAsync(ReadOnlyMemory<byte> token, TimeSpan grace) => session.Member is null
        ? throw new InvalidOperationException("A user without a nick cannot have a session.")
        : services.Begin.BeginAsync(session, token, grace);

    /// <summary>
    /// Attaches this connection to the user of a session: the connection takes over the user's id, nick, accepted commands and room, and the server closes
    /// the previous connection with 4001. If the decision accepts, the method has sent the reply RESUME and the missed events, and the handler sends no answer.
    /// </summary>
    /// <param name="token">The secret that identifies the session.</param>
    /// <param name="nextToken">The secret that the client will present the next time.</param>
    /// <param name="position">The position after the last event of the room that the client has.</param>
    /// <param name="grace">The requested grace from now on; zero to keep the grace.</param>
    /// <exception cref="InvalidOperationException">The client has a nick already.</exception>
    /// <exception cref="RoomStoreException">The session store failed: the client still has no nick.</exception>
    public ValueTask<SessionDecision> ResumeSessionAsync(ReadOnlyMemory<byte> token, ReadOnlyMemory<byte> nextToken, RoomPosition position, TimeSpan grace) => session.Member is not null
        ? throw new InvalidOperationException("The user is signed in already.")
        : session.ResumeAsync(_header.Uid, token, nextToken, position, grace);

    /// <summary>Begins the next packet, and copies its data.</summary>
    public void Begin(in PacketHeader header, ReadOnlySpan<byte> data)
    {
        _header = header;
        IsAppended = false;
        if (data.IsEmpty)
            return;
        _buffer = BufferPool.Rent(data.Length);
        data.CopyTo(_buffer);
    }

    /// <summary>Disposes of the packet's scope of services.</summary>
    public ValueTask EndScopeAsync()
    {
        var scope = _scope;
        _scope = null;
        if (scope is IAsyncDisposable disposable)
            return disposable.DisposeAsync();
        scope?.Dispose();
        return default;
    }

    /// <summary>Releases the packet, and lets the session handle the next packet. Called after the handler.</summary>
    public void Complete()
    {
        Release();
        session.OnHandled();
    }

    private void Release()
    {
        if (_buffer is not null)
            BufferPool.Return(_buffer);
        _buffer = null;
        _header = default;
        Activity?.Stop();
        Activity = null;
    }
}
