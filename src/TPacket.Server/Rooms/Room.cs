using System.Text;
using System.Text.Unicode;
using TPacket.Protocol;
using TPacket.Server.Commands;
using TPacket.Server.Sessions;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Rooms;

/// <summary>
/// A room on this server: its members here, and the subscription to its log. Commands, joins and leaves have a turn each; what reaches the members is what the log tells,
/// in the log's order, so that it is the same for everybody whichever store runs.
/// </summary>
internal sealed class Room : IRoom, IRoomSubscriber
{
    private readonly RoomRegistry _rooms;
    private readonly RoomDelivery _delivery;
    private readonly TurnQueue _turn = new();
    private TokenBucket _packets;
    private IRoomLog? _log;
    private bool _closed;

    public Room(string name, RoomRegistry rooms)
    {
        Name = name;
        _rooms = rooms;
        _delivery = new RoomDelivery(this, rooms);
    }

    public string Name { get; }

    public int MemberCount => _delivery.MemberCount;

    public IReadOnlyList<RoomMember> Members => _delivery.CopyMembers();

    public long NextOffset => _delivery.NextOffset;

    public void OnEvent(in RoomEvent roomEvent) => _delivery.OnEvent(roomEvent);

    public ValueTask RunInTurnAsync(Func<IRoom, ValueTask> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return _turn.RunAsync(static call => OffLoop.RunAsync(static call => call.work(call.room), call), (work, room: this));
    }

    /// <summary>Takes a packet of a member from what the room may handle. Called before the packet waits for its turn, by any thread.</summary>
    /// <param name="limit">How much the room may handle.</param>
    /// <param name="allowance">The member's.</param>
    public bool TryTake(RoomLimit limit, ref PacketAllowance allowance) => allowance.TryTake(limit, ref _packets);

    /// <summary>Runs a command of a member in the room's turn.</summary>
    public ValueTask RunInTurnAsync(PacketDelegate handle, CommandContext context) =>
        _turn.RunAsync(static call => call.handle(call.context), (handle, context));

    /// <summary>Lets a user in: it gets RESP_OK, roster and history, the others a NEW_USER.</summary>
    /// <returns>False when the room is gone; a new one has to be made.</returns>
    public async ValueTask<bool> EnterAsync(Session session, int uid)
    {
        var entry = new Entry(this, session, uid);
        await _turn.RunAsync(static entry => entry.Room.EnterInTurnAsync(entry), entry).ConfigureAwait(false);
        return entry.Done;
    }

    /// <summary>Lets a user out; the others get a DEL_USER. The last one closes the room.</summary>
    public ValueTask LeaveAsync(Session session) => _turn.RunAsync(static call => call.room.LeaveInTurnAsync(call.session), (room: this, session));

    /// <summary>Gives a member a new nick; everybody gets DEL_USER and NEW_USER with the same id.</summary>
    public ValueTask RenameAsync(Session session, RoomMember renamed) =>
        _turn.RunAsync(
            static call => Complete(call.room.AppendAsync(RoomEvent.Renamed(call.renamed, call.session.Member!.NickUtf8.ToArray()), null)),
            (room: this, session, renamed));

    /// <summary>Appends a message whose text was checked.</summary>
    public ValueTask AppendMessage(Session sender, ReadOnlyMemory<byte> text) => Complete(AppendAsync(RoomEvent.Message(sender.Member!, text), null));

    public async ValueTask<bool> BroadcastAsync(int command, int p1, int p2, ReadOnlyMemory<byte> data, long? expectedOffset)
    {
        if (!CommandRange.IsApplication(command))
            throw new ArgumentOutOfRangeException(nameof(command), command, $"An application's commands are {CommandRange.FirstApplication} and up.");
        return await AppendAsync(RoomEvent.Packet(command, p1, p2, data), expectedOffset).ConfigureAwait(false);
    }

    public ValueTask SayAsync(IUser sender, ReadOnlyMemory<byte> text)
    {
        if (sender is not Session session || session.CurrentRoom != this)
            throw new ArgumentException("The sender is not in this room.", nameof(sender));
        if (text.Length > _rooms.Options.MaxMessageTextBytes || !Utf8.IsValid(text.Span))
            throw new ArgumentException($"A message is at most {_rooms.Options.MaxMessageTextBytes} bytes of UTF-8.", nameof(text));
        return AppendMessage(session, text);
    }

    public ValueTask AnnounceAsync(string text)
    {
        var utf8 = LoggedText.Cut(Encoding.UTF8.GetBytes(text), _rooms.Options.MaxLoggedMessageBytes).ToArray();
        return Complete(AppendAsync(RoomEvent.Announcement(utf8), null));
    }

    public ValueTask<RoomPage> ReadAsync(long fromOffset, int maxEvents, CancellationToken cancellationToken) =>
        _log is { } log ? log.ReadAsync(fromOffset, maxEvents, cancellationToken) : new ValueTask<RoomPage>(new RoomPage(false, 0, []));

    private static ValueTask Complete(ValueTask<bool> appending)
    {
        if (!appending.IsCompletedSuccessfully)
            return new ValueTask(appending.AsTask());
        _ = appending.Result;
        return default;
    }

    private ValueTask<bool> AppendAsync(RoomEvent roomEvent, long? expectedOffset)
    {
        // A room that was never entered or is gone has nobody to tell.
        if (_log is not { } log)
            return new ValueTask<bool>(false);
        try
        {
            var appending = log.AppendAsync(roomEvent, expectedOffset, default);
            return appending.IsCompletedSuccessfully ? new ValueTask<bool>(appending.Result is not null) : AppendSlow(appending);
        }
        catch (Exception e)
        {
            throw new RoomStoreException(Name, e);
        }
    }

    private async ValueTask<bool> AppendSlow(ValueTask<long?> appending)
    {
        try
        {
            return await appending.ConfigureAwait(false) is not null;
        }
        catch (Exception e)
        {
            throw new RoomStoreException(Name, e);
        }
    }

    private async ValueTask EnterInTurnAsync(Entry entry)
    {
        if (_closed)
            return;
        var session = entry.Session;
        try
        {
            _log ??= await _rooms.Store.OpenAsync(Name, this, default).ConfigureAwait(false);
            _delivery.BeginJoin(session);
            var snapshot = await _log.JoinAsync(session.Member!, default).ConfigureAwait(false);
            _delivery.EndJoin(session, entry.Uid, snapshot);
            entry.Done = true;
        }
        catch (Exception e)
        {
            _delivery.ForgetNewcomer();
            await ForgetAsync(session).ConfigureAwait(false);
            await CloseIfEmptyAsync().ConfigureAwait(false);
            throw new RoomStoreException(Name, e);
        }
    }

    private async ValueTask LeaveInTurnAsync(Session session)
    {
        await ForgetAsync(session).ConfigureAwait(false);
        // Whatever the store says, the connection is no member any more.
        _delivery.Remove(session);
        await CloseIfEmptyAsync().ConfigureAwait(false);
    }

    /// <summary>Tells the log that a user is gone, or may have come in a join that failed half-way.</summary>
    private async ValueTask ForgetAsync(Session session)
    {
        if (_log is not { } log)
            return;
        try
        {
            await log.LeaveAsync(session.Id, default).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _rooms.OnStoreFailed(this, e);
        }
    }

    private async ValueTask CloseIfEmptyAsync()
    {
        if (_closed || _delivery.MemberCount > 0)
            return;
        _closed = true;
        _rooms.Remove(this);
        if (_log is not { } log)
            return;
        try
        {
            await log.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _rooms.OnStoreFailed(this, e);
        }
    }

    /// <summary>A join on its way through the turn queue.</summary>
    private sealed class Entry(Room room, Session session, int uid)
    {
        public Room Room => room;

        public Session Session => session;

        public int Uid => uid;

        public bool Done { get; set; }
    }
}
