using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Stores.InMemory;
using TPacket.Testing;

namespace TPacket.Server.Tests.Harness;

/// <summary>
/// A run of users that send texts, change their nicks and rooms, disconnect and reconnect over a store that fails. A seed decides each step. At the end the store recovers. <see cref="Wanderer"/> checks the packets that a user receives, and this class checks the state at the end.
/// </summary>
internal sealed class FaultyRun : IAsyncDisposable
{
    private const int Slots = 8;

    private static readonly string[] _rooms = ["a", "b"];
    private static readonly string[] _names = ["ada", "bea", "cleo", "dora", "elsa", "fay", "gwen", "hanna", "ines", "jane", "kate", "lena"];

    private readonly Random _random;

    // Apart from the generator that decides the steps.
    private readonly Random _kinds;
    private readonly FollowedLog _followed = new();
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryRoomStore _inner;
    private readonly Dictionary<string, RecordingSubscriber> _logs = [];
    private readonly Wanderer?[] _slots = new Wanderer?[Slots];
    private readonly List<Wanderer> _all = [];
    private readonly List<(string Room, string Text, AppendStatus? Status)> _announced = [];
    private readonly List<string> _trace = [];
    private readonly List<Task> _host = [];
    private TestServer _server = null!;
    private int _texts;

    public FaultyRun(int seed)
    {
        _random = new Random(seed);
        _kinds = new Random(~seed);
        Plan = FaultPlan.Draw(seed, _time);
        LargeRoomMembers = _random.Next(3) == 0 ? 3 : 256;
        _inner = new InMemoryRoomStore(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions { HistoryMessages = 100_000, HistoryBytes = 1 << 24 }), _time);
    }

    public FaultPlan Plan { get; }

    /// <summary>The number of members from which presence is deferred.</summary>
    public int LargeRoomMembers { get; }

    /// <summary>The steps, for the message of a failure.</summary>
    public string Trace
    {
        get
        {
            lock (_trace)
                return string.Join('\n', _trace);
        }
    }

    /// <summary>The number of packets that were sent.</summary>
    public int Sent => _all.Sum(static wanderer => wanderer.Sent);

    /// <summary>The number of live events that followers have received.</summary>
    public int Followed => _followed.Count;

    /// <summary>The number of receipts.</summary>
    public int Receipts => _all.Sum(static wanderer => wanderer.Receipts.Count);

    /// <summary>Takes the steps, lets the store work again, and checks the end.</summary>
    /// <param name="steps">The number of steps before the store works again.</param>
    public async Task RunAsync(int steps)
    {
        var never = TimeSpan.FromDays(700);
        _server = await TestServer.StartAsync(o =>
        {
            (o.AllowRoomChange, o.AllowNickChange, o.LargeRoomMembers, o.PacketsPerSecond) = (true, true, LargeRoomMembers, 0);
            (o.HistoryMessages, o.HistoryBytes, o.OutboundQueuePackets, o.OutboundQueueBytes) = (100_000, 1 << 24, 100_000, 1 << 24);
            (o.PingAfterIdle, o.HandshakeTimeout, o.MagicStringTimeout, o.NickTimeout) = (never, never, never, never);
        }, b => b.Services.AddSingleton<IRoomStore>(new FaultyRoomStore(_inner, Plan)), _time);
        foreach (var room in _rooms)
        {
            _logs[room] = new RecordingSubscriber();
            await _inner.OpenAsync(room, _logs[room], default);
        }

        for (var step = 0; step < steps; step++)
            await StepAsync(step);
        await UntilAsync("every packet is answered", () => Present().All(static wanderer => wanderer.Unanswered == 0));
        Note("heal");
        Plan.Heal();
        await UntilAsync("every packet has its final answer", () => Present().All(static wanderer => wanderer.Pending == 0));
        await UntilAsync("all closed connections have ended", () => _server.Logs.All.Count(static e => e.Id is 1101 or 1102) == _all.Count(static wanderer => wanderer.IsGone));
        await UntilAsync("the host's calls end", () => _host.All(static call => call.IsCompleted));
        await UntilAsync("each room has exactly its members", () => Difference() is null, () => Difference() ?? "");
        await SettleNicksAsync();
        await ArriveAsync();
        Assert.Empty(_server.Logs.All.Where(static e => e.Id == 1304).Select(static e => $"{e.Message} {e.Error}"));
        CheckTexts();
        CheckReceipts();
        foreach (var room in _rooms)
            _followed.Check(room, _logs[room]);
        await CheckNicksAsync();
        foreach (var wanderer in _all)
            wanderer.Check();
    }

    public async ValueTask DisposeAsync()
    {
        Plan.Heal();
        foreach (var wanderer in _all)
            await wanderer.DropAsync(politely: false);
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private IEnumerable<Wanderer> Present() => _slots.OfType<Wanderer>().Where(static wanderer => !wanderer.IsGone);

    private async Task StepAsync(int step)
    {
        var slot = _random.Next(Slots);
        if (_slots[slot] is not { IsGone: false } wanderer)
        {
            await ConnectAsync(slot);
            return;
        }

        switch (_random.Next(100))
        {
            case < 45:
                await wanderer.SayAsync($"m{++_texts}");
                break;
            case < 65:
                await wanderer.EnterAsync(_rooms[_random.Next(_rooms.Length)]);
                break;
            case < 75:
                await wanderer.RenameAsync(_names[_random.Next(_names.Length)]);
                break;
            case < 79:
                Note($"{wanderer} drops");
                await wanderer.DropAsync(politely: _random.Next(2) == 0);
                break;
            case < 82:
                Announce(_rooms[_random.Next(_rooms.Length)], $"h{++_texts}");
                break;
            case < 84:
                Remove(_rooms[_random.Next(_rooms.Length)]);
                break;
            default:
                var delay = TimeSpan.FromMilliseconds(_random.Next(4) == 0 ? 6000 : _random.Next(1, 1500));
                Note($"step {step}: {delay} pass");
                await PassAsync(delay);
                break;
        }

        for (var i = _random.Next(8); i > 0; i--)
            await Task.Yield();
    }

    private async Task ConnectAsync(int slot)
    {
        var first = _random.Next(_names.Length);
        var wanderer = await ConnectAsync();
        _slots[slot] = wanderer;
        _all.Add(wanderer);
        for (var i = 0; i < _names.Length; i++)
        {
            if (await wanderer.TrySignInAsync(_names[(first + i) % _names.Length]))
                return;
        }

        Assert.True(await wanderer.TrySignInAsync($"guest{_all.Count}"), "The nick is free.");
    }

    private Task<Wanderer> ConnectAsync() => Wanderer.ConnectAsync(_server, Note, _kinds.Next(2) == 0 ? _followed : null, receipts: _kinds.Next(2) == 0);

    private void Announce(string room, string text)
    {
        if (_server.Rooms.Find(room) is { } open)
            _host.Add(AnnounceAsync(open, text));
    }

    private async Task AnnounceAsync(IRoom room, string text)
    {
        AppendStatus? status = null;
        try
        {
            status = (await room.AnnounceAsync(text)).Status;
        }
        catch (RoomStoreException e) when (e.IsOutcomeUnknown)
        {
            // It may be in the log.
        }
        catch (RoomStoreException)
        {
            status = AppendStatus.Conflict;
        }

        lock (_announced)
            _announced.Add((room.Name, text, status));
    }

    private void Remove(string room)
    {
        if (_server.Rooms.Find(room) is { Members: { Count: > 0 } members } open)
            _host.Add(RemoveAsync(open, members[_random.Next(members.Count)]));
    }

    private async Task RemoveAsync(IRoom room, RoomMember member)
    {
        Note($"the host removes {member} from {room.Name}");
        try
        {
            await room.RemoveAsync(member);
        }
        catch (RoomStoreException)
        {
            // The removal may be in the log.
        }
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (var step = TimeSpan.FromMilliseconds(500); time > TimeSpan.Zero; time -= step)
        {
            _time.Advance(time < step ? time : step);
            await Task.Yield();
        }
    }

    /// <summary>Lets time pass until something holds.</summary>
    private async Task UntilAsync(string what, Func<bool> condition, Func<string>? state = null)
    {
        Note($"until {what}");
        using var deadline = Deadline.Start();
        while (!condition())
        {
            if (deadline.IsCancellationRequested)
                Assert.Fail($"Timed out before {what}. {state?.Invoke()}{string.Join("; ", Present().Where(static w => w.Pending > 0).Select(static w => $"{w} waits for {w.Waiting}"))}");
            for (var i = 0; i < 50 && !condition(); i++)
                await Task.Yield();
            if (!condition())
                _time.Advance(TimeSpan.FromMilliseconds(250));
        }
    }

    /// <summary>Compares the logs with the state that the connected users have.</summary>
    private string? Difference()
    {
        foreach (var room in _rooms)
        {
            var log = _logs[room].Members.Select(static member => $"{member.Id} {member.Nick}").ToArray();
            var present = Present().Where(wanderer => wanderer.Room == room).OrderBy(static wanderer => wanderer.Id).ToArray();
            if (!log.Select(static member => member[..member.IndexOf(' ', StringComparison.Ordinal)]).SequenceEqual(present.Select(static wanderer => $"{wanderer.Id}")))
                return $"Room {room} has {string.Join(", ", log)}, and in it are {string.Join(", ", present.Select(static wanderer => wanderer.ToString()))}. ";
            foreach (var wanderer in present)
            {
                if (!wanderer.Roster.SequenceEqual(log))
                    return $"{wanderer} sees {string.Join(", ", wanderer.Roster)}, and in {room} are {string.Join(", ", log)}. ";
            }
        }

        return null;
    }

    /// <summary>Each user gets a nick of its own at the end, also after a change of unknown outcome.</summary>
    private async Task SettleNicksAsync()
    {
        foreach (var wanderer in Present())
        {
            var nick = $"final{wanderer.Id}";
            do
            {
                await wanderer.RenameAsync(nick);
                await UntilAsync($"{wanderer} has its nick", () => wanderer.Pending == 0 || wanderer.IsGone);
            }
            while (wanderer.Nick != nick && !wanderer.IsGone);
        }

        await UntilAsync("the rooms know the nicks", () => Difference() is null, () => Difference() ?? "");
    }

    /// <summary>A client that joins each room receives its members, and each member receives the messages of all others.</summary>
    private async Task ArriveAsync()
    {
        foreach (var room in _rooms)
        {
            var newcomer = await ConnectAsync();
            _all.Add(newcomer);
            Assert.True(await newcomer.TrySignInAsync($"newcomer-{room}"));
            await newcomer.EnterAsync(room);
            await newcomer.FenceAsync();
            await UntilAsync($"the newcomer is in {room}", () => newcomer.Pending == 0 && newcomer.Room == room);
            Assert.Equal(_logs[room].Members.Select(static member => $"{member.Id} {member.Nick}"), newcomer.Roster);
            foreach (var wanderer in Present().Where(wanderer => wanderer.Room == room).Append(newcomer))
                await wanderer.SayAsync($"m{++_texts}");
            await UntilAsync("every text is received", () => Present().Where(wanderer => wanderer.Room == room).Append(newcomer).All(wanderer => wanderer.Pending == 0 && wanderer.Texts.Length == Chat(room).Length));
        }
    }

    /// <summary>Each stay in a room has received the room's messages from its first one on, in order. Each message that was not rejected is in a log.</summary>
    private void CheckTexts()
    {
        foreach (var wanderer in _all)
        {
            foreach (var (room, texts) in wanderer.Stays)
            {
                var chat = Chat(room);
                if (!chat.AsSpan().StartsWith(texts))
                    Assert.Fail($"{wanderer} received in {room}: {string.Join(' ', texts)}; sent: {string.Join(' ', chat)}.");
            }
        }

        var logged = _rooms.SelectMany(Chat).ToArray();
        Assert.Equal(logged.Length, logged.Distinct().Count());
        foreach (var wanderer in _all)
        {
            Assert.Empty(wanderer.Refused.Intersect(logged));
            Assert.Empty(wanderer.Accepted.Except(logged));
        }

        Assert.All(_announced, announced => Assert.True(
            announced.Status is null || logged.Contains(announced.Text) == (announced.Status == AppendStatus.Appended), $"{announced.Text} was {announced.Status}."));
    }

    /// <summary>Each receipt has the offset of its message in the log of the room.</summary>
    private void CheckReceipts()
    {
        foreach (var (room, text, receipt) in _all.SelectMany(static wanderer => wanderer.Receipts))
        {
            var said = _logs[room].Events.Single(e => e.Kind == RoomEventKind.Message && Encoding.UTF8.GetString(e.Data.Span) == text);
            Assert.Equal(
                (said.Offset, said.Time, said.Check),
                (LogEvent.OffsetOf(receipt), BitConverter.ToInt64(receipt.Data), BitConverter.ToUInt64(receipt.Data, 8)));
        }
    }

    private string[] Chat(string room) => [.. _logs[room].Events.Where(static e => e.IsHistory).Select(static e => Encoding.UTF8.GetString(e.Data.Span))];

    /// <summary>The nicks of users that have left are free, and the nicks of the other users are taken.</summary>
    private async Task CheckNicksAsync()
    {
        var held = Present().Select(static wanderer => wanderer.Nick).ToArray();
        await using var heir = await _server.ConnectAsync();
        await heir.SendAsync(Wire.Nop, Wire.MagicString);
        foreach (var nick in held)
            Assert.Equal(Wire.ErrorNickTaken, (await heir.ReplyAsync(Wire.SetUserNick, nick)).P1);
        foreach (var nick in _names)
        {
            var reply = await heir.ReplyAsync(Wire.SetUserNick, nick);
            Assert.True(reply.Command == Wire.RespOk, $"'{nick}' is not free: {reply}.");
        }
    }

    private void Note(string what)
    {
        lock (_trace)
            _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{_time.GetUtcNow():mm:ss.fff} {what}"));
    }
}
