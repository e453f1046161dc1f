using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server.Tests.Harness;

/// <summary>A client that waits for no answer and checks each packet as it comes. Its user may be in no room, in one, or on its way; it knows what the server has said of that.</summary>
internal sealed class Wanderer
{
    private static readonly int[] _refusals = [-7, -8];

    private readonly TestClient _client;
    private readonly Action<string> _note;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Request> _pending = [];
    private readonly SortedDictionary<int, string> _roster = [];
    private readonly List<(string Room, List<string> Texts)> _stays = [];
    private readonly ConcurrentQueue<string> _received = new();
    private readonly List<string> _violations = [];
    private readonly List<string> _refused = [];
    private readonly List<string> _accepted = [];
    private readonly HashSet<string> _unsure = [];
    private readonly IUserDirectory _users;
    private string? _room;
    private bool _isGone;

    private Wanderer(TestClient client, IUserDirectory users, Action<string> note) => (_client, _users, _note) = (client, users, note);

    public int Id { get; private set; }

    public string Nick { get; private set; } = "";

    public int Sent { get; private set; }

    /// <summary>Whether the connection has ended.</summary>
    public bool IsGone => Volatile.Read(ref _isGone);

    /// <summary>The room that the user is in; null for none.</summary>
    public string? Room
    {
        get
        {
            lock (_gate)
                return _roster.ContainsKey(Id) ? _room : null;
        }
    }

    /// <summary>Who is in the room: id and nick.</summary>
    public string[] Roster
    {
        get
        {
            lock (_gate)
                return [.. _roster.Select(static member => $"{member.Key} {member.Value}")];
        }
    }

    /// <summary>What was heard in the room, the history included.</summary>
    public string[] Texts
    {
        get
        {
            lock (_gate)
                return _stays.Count == 0 ? [] : [.. _stays[^1].Texts];
        }
    }

    /// <summary>What was heard in each stay in a room.</summary>
    public (string Room, string[] Texts)[] Stays
    {
        get
        {
            lock (_gate)
                return [.. _stays.Select(static stay => (stay.Room, stay.Texts.ToArray()))];
        }
    }

    /// <summary>The texts that the server has refused.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>The texts that the server has not refused.</summary>
    public IReadOnlyList<string> Accepted => _accepted;

    /// <summary>How many packets are unanswered.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
                return _isGone ? 0 : _pending.Count;
        }
    }

    /// <summary>The packets that are unanswered.</summary>
    public string Waiting
    {
        get
        {
            lock (_gate)
                return string.Join(", ", _pending.Values.Select(static request => $"{request.Command} {request.Text}"));
        }
    }

    public static async Task<Wanderer> ConnectAsync(TestServer server, Action<string> note)
    {
        var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        return new Wanderer(client, server.Services.GetRequiredService<IUserDirectory>(), note);
    }

    /// <summary>Signs in; from then on what comes is received.</summary>
    public async Task<bool> TrySignInAsync(string nick)
    {
        var reply = await _client.ReplyAsync(Wire.SetUserNick, nick);
        if (reply.Command != Wire.RespOk)
        {
            Assert.Equal(Wire.ErrorNickTaken, reply.P1);
            return false;
        }

        Nick = nick;
        Id = _users.Users.Single(user => user.Nick == nick).Id;
        _note($"{this} signs in");
        _ = ReceiveAsync();
        return true;
    }

    public async Task SayAsync(string text)
    {
        await SendAsync(Wire.NewMsg, text);
        // Its answer says that the message was handled.
        await SendAsync(Wire.Unknown, text);
    }

    /// <summary>Sends a packet whose answer comes behind everything that the packets before it cause.</summary>
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
            // The server was first.
        }
    }

    /// <summary>Fails the test if something came that must not.</summary>
    public void Check()
    {
        lock (_gate)
            Assert.True(_violations.Count == 0, $"{this}: {string.Join(' ', _violations)} Received: {string.Join(' ', _received)}");
    }

    public override string ToString() => $"{Nick} ({Id})";

    private async Task SendAsync(int command, string text)
    {
        if (IsGone)
            return;
        Sent++;
        var uid = 0x10000 + Sent;
        _note($"{this} sends {command} {text}");
        lock (_gate)
            _pending.Add(uid, new Request(command, text));
        try
        {
            await _client.SendBytesAsync(new Packet(uid, command, text).Encode());
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
            // Dropped.
        }

        _note($"{this} is gone");
        Go();
    }

    private void Add(Packet packet)
    {
        _received.Enqueue(packet.ToString());
        if (packet.Uid != -1)
        {
            Answer(packet);
            return;
        }

        switch (packet.Command)
        {
            case Wire.NewUser:
                if (!_roster.TryAdd(packet.P1, packet.Text))
                    Violate($"{packet} came twice.");
                break;
            case Wire.DelUser:
                if (!_roster.Remove(packet.P1, out var nick) || nick != packet.Text)
                    Violate($"{packet} was not there.");
                break;
            case Wire.NewMsg:
                if (!_roster.ContainsKey(packet.P1))
                    Violate($"{packet} is of nobody who is there.");
                Hear(packet.Text);
                break;
            case Wire.LoggedMsg:
                Hear(packet.Text[(packet.Text.LastIndexOf(' ') + 1)..]);
                break;
            default:
                Violate($"{packet} was not asked for.");
                break;
        }
    }

    private void Hear(string text)
    {
        if (_stays.Count == 0 || !_roster.ContainsKey(Id))
            Violate($"{text} came outside of a room.");
        else
            _stays[^1].Texts.Add(text);
    }

    private void Answer(Packet packet)
    {
        if (!_pending.Remove(packet.Uid, out var request))
        {
            Violate($"{packet} answers nothing.");
            return;
        }

        _note($"{this} gets {packet} for {request.Command} {request.Text}");
        if (request.Command == Wire.NewMsg)
        {
            // Refused for sure, or perhaps.
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
            _roster.Clear();
            _room = request.Text;
            _stays.Add((request.Text, []));
        }
        else
        {
            Nick = request.Text;
        }
    }

    private void Expect(Packet packet, int[] codes)
    {
        if (packet.Command != Wire.RespError || !codes.Contains(packet.P1))
            Violate($"{packet} is an answer that cannot be.");
    }

    private void Violate(string what) => _violations.Add(what);

    private sealed record Request(int Command, string Text);
}
