using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server.Tests.Harness;

/// <summary>
/// A client that sends without waiting for replies, and checks each packet on arrival. Its user may be in no room, in a room, or between two; the client knows the state from the server's packets. It may follow the log of its room, and it may
/// accept receipts.
/// </summary>
internal sealed class Wanderer
{
    private static readonly int[] _refusals = [-7, -8];

    private readonly TestClient _client;
    private readonly Action<string> _note;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Request> _pending = [];
    private readonly ConcurrentQueue<string> _received = new();
    private readonly List<string> _violations = [];
    private readonly List<string> _refused = [];
    private readonly List<string> _accepted = [];
    private readonly HashSet<string> _unsure = [];
    private readonly List<(string Room, string Text, Packet Receipt)> _receipts = [];
    private readonly IUserDirectory _users;
    private readonly WanderedRooms _rooms;
    private readonly bool _follows;
    private readonly ReceiptedMessages? _messages;
    private Task _sending = Task.CompletedTask;
    private bool _isGone;

    private Wanderer(TestClient client, IUserDirectory users, Action<string> note, FollowedLog? follows, bool receipts)
    {
        (_client, _users, _note) = (client, users, note);
        _follows = follows is not null;
        _rooms = new WanderedRooms(follows, Violate);
        if (receipts)
            _messages = new ReceiptedMessages(Post);
    }

    public int Id => _rooms.Id;

    public string Nick { get; private set; } = "";

    public int Sent { get; private set; }

    /// <summary>Whether the connection has ended.</summary>
    public bool IsGone => Volatile.Read(ref _isGone);

    /// <summary>The room that the user is in, or null.</summary>
    public string? Room
    {
        get
        {
            lock (_gate)
                return _rooms.Room;
        }
    }

    /// <summary>The members of the room: nicks by id.</summary>
    public string[] Roster
    {
        get
        {
            lock (_gate)
                return _rooms.Roster;
        }
    }

    /// <summary>The messages that were received in the room, with the history.</summary>
    public string[] Texts
    {
        get
        {
            lock (_gate)
                return _rooms.Texts;
        }
    }

    /// <summary>The messages of each stay in a room.</summary>
    public (string Room, string[] Texts)[] Stays
    {
        get
        {
            lock (_gate)
                return _rooms.Stays;
        }
    }

    /// <summary>The texts that the server has rejected.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>The texts that the server has not rejected.</summary>
    public IReadOnlyList<string> Accepted => _accepted;

    /// <summary>The receipts with their messages.</summary>
    public IReadOnlyList<(string Room, string Text, Packet Receipt)> Receipts => _receipts;

    /// <summary>The number of packets without a final answer.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
                return _isGone ? 0 : _pending.Count + (_messages?.Count ?? 0);
        }
    }

    /// <summary>The number of packets without an answer, of those that the server can answer while its store hangs.</summary>
    public int Unanswered
    {
        get
        {
            lock (_gate)
                return _isGone ? 0 : _pending.Count + (_messages?.Unanswered ?? 0);
        }
    }

    /// <summary>The packets without an answer.</summary>
    public string Waiting
    {
        get
        {
            lock (_gate)
                return string.Join(", ", _pending.Values.Select(static request => $"{request.Command} {request.Text}")) + _messages;
        }
    }

    /// <summary>Connects.</summary>
    /// <param name="server">The server.</param>
    /// <param name="note">Receives the steps.</param>
    /// <param name="follows">The events of all followers; null for a client that does not follow the log.</param>
    /// <param name="receipts">Whether the client has receipts.</param>
    public static async Task<Wanderer> ConnectAsync(TestServer server, Action<string> note, FollowedLog? follows = null, bool receipts = false)
    {
        var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        return new Wanderer(client, server.Services.GetRequiredService<IUserDirectory>(), note, follows, receipts);
    }

    /// <summary>Signs in, and receives packets from then on.</summary>
    public async Task<bool> TrySignInAsync(string nick)
    {
        var reply = await _client.ReplyAsync(Wire.SetUserNick, nick);
        if (reply.Command != Wire.RespOk)
        {
            Assert.Equal(Wire.ErrorNickTaken, reply.P1);
            return false;
        }

        Nick = nick;
        _rooms.Id = _users.Users.Single(user => user.Nick == nick).Id;
        if (_follows)
            await _client.AcceptAsync(Wire.Event);
        if (_messages is not null)
            await _client.AcceptAsync(Wire.Receipt);
        _note($"{this} signs in{(_follows ? ", follows" : "")}{(_messages is null ? "" : ", has receipts")}");
        _ = ReceiveAsync();
        return true;
    }

    public async Task SayAsync(string text)
    {
        if (_messages is not null)
        {
            Task sending;
            lock (_gate)
            {
                if (_isGone)
                    return;
                _messages.Say(NextUid(), text);
                sending = _sending;
            }

            await sending;
            return;
        }

        await SendAsync(Wire.NewMsg, text);
        // Its reply shows that the server has handled the message.
        await SendAsync(Wire.Unknown, text);
    }

    /// <summary>Sends a packet; its reply arrives after all packets that earlier ones cause.</summary>
    public Task FenceAsync() => SendAsync(Wire.Unknown, "");

    public Task EnterAsync(string room) => SendAsync(Wire.SetRoom, room);

    public Task RenameAsync(string nick) => SendAsync(Wire.SetUserNick, nick);

    public async Task DropAsync(bool politely)
    {
        if (IsGone)
            return;
        Go();
        if (!politely)
        {
            await _client.DisposeAsync();
            return;
        }

        try
        {
            await _client.CloseOutputAsync();
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The server has ended the connection first.
        }
    }

    /// <summary>Fails the test if the client has received a packet that it must not.</summary>
    public void Check()
    {
        lock (_gate)
            Assert.True(_violations.Count == 0, $"{this}: {string.Join(' ', _violations)} Received: {string.Join(' ', _received)}");
    }

    public override string ToString() => $"{Nick} ({Id})";

    private async Task SendAsync(int command, string text)
    {
        Task sending;
        lock (_gate)
        {
            if (_isGone)
                return;
            var uid = NextUid();
            _pending.Add(uid, new Request(command, text));
            Post(new Packet(uid, command, text));
            sending = _sending;
        }

        await sending;
    }

    private int NextUid() => 0x10000 + ++Sent;

    /// <summary>Sends a packet after the earlier packets. Called under the lock.</summary>
    private void Post(Packet packet)
    {
        _note($"{this} sends {packet.Command} {packet.Text} as {packet.Uid:x}");
        _sending = SendAsync(_sending, packet.Encode());
    }

    private async Task SendAsync(Task before, byte[] packet)
    {
        await before;
        try
        {
            await _client.SendBytesAsync(packet);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            Go();
        }
    }

    private void Go()
    {
        lock (_gate)
        {
            _isGone = true;
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (await _client.TryReceiveAsync() is { } packet)
            {
                lock (_gate)
                    Add(packet);
            }

            if (!IsGone && _client.CloseStatus != (WebSocketCloseStatus)1013)
                Violate($"The server closed with {_client.CloseStatus}.");
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection has ended.
        }

        _note($"{this} is gone");
        Go();
    }

    private void Add(Packet packet)
    {
        _received.Enqueue(packet.ToString());
        if (packet.Uid == -1)
            _rooms.Add(packet);
        else
            Answer(packet);
    }

    private void Answer(Packet packet)
    {
        if (_messages?.Answer(packet, out var text, out var wasInDoubt) is { } isFinal)
        {
            _note($"{this} gets {packet} for '{text}'");
            if (isFinal)
                AnswerMessage(packet, text, wasInDoubt);
            return;
        }

        if (!_pending.Remove(packet.Uid, out var request))
        {
            Violate($"{packet} answers nothing.");
            return;
        }

        _note($"{this} gets {packet} for {request.Command} {request.Text}");
        if (request.Command == Wire.NewMsg)
        {
            // Rejected, or of unknown outcome.
            if (packet.P1 != -8)
                _refused.Add(request.Text);
            Expect(packet, [.. _refusals, Wire.ErrorNotInRoom]);
            _unsure.Add(request.Text);
        }
        else if (request.Command == Wire.Unknown)
        {
            // The message before it was handled; if there was no answer, it is in the log.
            Expect(packet, [Wire.ErrorUnknownCommand]);
            if (request.Text.Length == 0)
                return;
            _pending.Remove(packet.Uid - 1);
            if (!_unsure.Remove(request.Text))
                _accepted.Add(request.Text);
        }
        else if (packet.Command == Wire.RespError)
        {
            Expect(packet, request.Command == Wire.SetUserNick ? [.. _refusals, Wire.ErrorNickTaken] : _refusals);
        }
        else if (packet.Command != Wire.RespOk)
        {
            Violate($"{packet} is no answer.");
        }
        else if (request.Command == Wire.SetRoom)
        {
            _rooms.Enter(request.Text);
        }
        else
        {
            Nick = request.Text;
        }
    }

    private void AnswerMessage(Packet packet, string text, bool wasInDoubt)
    {
        if (packet.Command != Wire.Receipt)
        {
            // After a first attempt of unknown outcome, -23 means that the user was removed from the room; the message may be in its log.
            Expect(packet, [Wire.ErrorStoreFailed, Wire.ErrorNotInRoom]);
            if (!wasInDoubt || packet.P1 == Wire.ErrorStoreFailed)
                _refused.Add(text);
            return;
        }

        _accepted.Add(text);
        _receipts.Add((_rooms.Last!, text, packet));
        if (!_rooms.HasReceived(text, LogEvent.OffsetOf(packet)))
            Violate($"{packet} came before '{text}'.");
    }

    private void Expect(Packet packet, int[] codes)
    {
        if (packet.Command != Wire.RespError || !codes.Contains(packet.P1))
            Violate($"{packet} is an answer that cannot be.");
    }

    private void Violate(string what) => _violations.Add(what);

    private sealed record Request(int Command, string Text);
}
