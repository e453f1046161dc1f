using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using TPacket.Samples.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.Sqlite.Tests.Harness;
using Xunit.Abstractions;

namespace TPacket.Sqlite.Tests.Writing;

/// <summary>
/// The sample host is killed repeatedly (SIGKILL) during appends to one file. Its clients follow the log and send with receipts. TPACKET_CRASH_ROUNDS sets the number of kills (default: 3),
/// TPACKET_CRASH_SEED the seed.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output) : IDisposable
{
    private const int Senders = 6;
    private const int Window = 16;

    private static readonly string[] _rooms = ["lobby", "attic"];

    private readonly TemporaryFolder _folder = new();
    private readonly HashSet<int> _ids = [];
    private readonly Dictionary<string, RoomPosition> _positions = [];
    private readonly Dictionary<string, RoomLedger> _ledgers = _rooms.ToDictionary(static room => room, static _ => new RoomLedger());

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Events_that_a_client_has_seen_survive_once_and_in_order()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("TPACKET_CRASH_ROUNDS") ?? "3", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("TPACKET_CRASH_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
        output.WriteLine($"Seed {seed}, {rounds} rounds.");
        var random = new Random(seed);
        var (receipted, followed) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var senders = await RunUntilKilledAsync(round, random.Next(1, random.Next(2) == 0 ? 100 : 3000));
            receipted += senders.Sum(static sender => sender.Receipted.Count);
            followed += senders.Sum(static sender => sender.Follower.Events);
            await CheckAsync(senders, $"seed {seed}, round {round}");
        }

        output.WriteLine($"{receipted} messages had a receipt, and followers received {followed} events. The log has all of them.");
    }

    public void Dispose() => _folder.Dispose();

    private async Task<Sender[]> RunUntilKilledAsync(int round, int receipts)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await using var host = await SampleProcess.StartAsync(
            SampleProcess.ConsoleHost, deadline.Token, $"--TPacket:Sqlite:Path={_folder.File}", "--TPacket:Sqlite:RetentionMessages=10000000", "--TPacket:PacketsPerSecond=0");
        using var reached = new CountdownEvent(receipts);
        var senders = new Sender[Senders];
        try
        {
            for (var i = 0; i < Senders; i++)
                senders[i] = await EnterAsync(host, $"r{round}c{i}", _rooms[i % _rooms.Length], senders[..i]);
            var sending = senders.Select(sender => sender.RunAsync(reached)).ToArray();
            // All clients send until the host has ended.
            await Task.Factory.StartNew(() => reached.Wait(deadline.Token), deadline.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await host.EndAsync(deadline.Token);
            await Task.WhenAll(sending);
            return senders;
        }
        finally
        {
            foreach (var sender in senders.Where(static sender => sender is not null))
                await sender.Client.DisposeAsync();
        }
    }

    private async Task<Sender> EnterAsync(SampleProcess host, string nick, string room, Sender[] others)
    {
        var client = await TestClient.ConnectAsync(new Uri($"ws://{host.EndPoint}/"));
        await client.SignInAsync(nick);
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.AcceptCommands, "", Wire.Event, Wire.Receipt)).Command);
        var welcome = await client.JoinAsync(room);
        var expected = others.Where(other => other.Room == room).Select(static other => other.Client.Nick).Append(nick);
        Assert.Equal(expected, welcome.Where(static p => p.Command == Wire.NewUser).Select(static p => p.Text).Order(StringComparer.Ordinal));
        Assert.True(_ids.Add(client.Id), $"The id {client.Id} was assigned twice.");
        var follower = new LogFollower(_ledgers[room], room);
        foreach (var packet in welcome)
            follower.Take(packet);
        return new Sender(client, room, follower);
    }

    private async Task CheckAsync(Sender[] senders, string when)
    {
        await using (var store = TestStore.Start(_folder.File, configure: static options => options.RetentionMessages = 10_000_000))
        {
            foreach (var room in _rooms)
            {
                var (log, subscriber) = await store.OpenAsync(room);
                Assert.Empty(subscriber.Snapshots[0].Members);
                var texts = await ReadAsync(log, room, when);
                Assert.Equal(texts.Count, texts.Distinct().Count());
                foreach (var sender in senders.Where(sender => sender.Room == room))
                {
                    var said = texts.Where(text => text.StartsWith(sender.Client.Nick + ":", StringComparison.Ordinal)).ToArray();
                    Assert.Equal(Enumerable.Range(0, said.Length).Select(i => $"{sender.Client.Nick}:{i}"), said);
                    var lost = sender.Receipted.Except(said).ToArray();
                    Assert.True(lost.Length == 0, $"Lost with a receipt ({when}): {string.Join(", ", lost)}.");
                }
            }
        }

        Assert.Equal("ok", FileInspector.CheckIntegrity(_folder.File));
    }

    /// <summary>Returns the texts since the last round, and checks that the log continues the last round's position.</summary>
    private async Task<List<string>> ReadAsync(IRoomLog log, string room, string when)
    {
        var texts = new List<string>();
        RoomPosition? position = _positions.TryGetValue(room, out var known) ? known : null;
        while (true)
        {
            var page = await log.ReadAsync(position, 1000, default);
            Assert.False(page.IsGone);
            position = page.Position;
            if (page.Events.Count == 0)
                break;
            foreach (var e in page.Events)
                _ledgers[room].Confirm(page.Position.Epoch, e.Offset, e.Check, e.Kind == RoomEventKind.Message ? Encoding.UTF8.GetString(e.Data.Span) : null);
            texts.AddRange(page.Events.Where(static e => e.Kind == RoomEventKind.Message).Select(static e => Encoding.UTF8.GetString(e.Data.Span)));
        }

        Assert.True(_ledgers[room].Last <= position!.Value.Offset, $"Clients have seen event {_ledgers[room].Last}, the log ends at {position} ({when}).");
        _positions[room] = position.Value;
        return texts;
    }

    private sealed class Sender(TestClient client, string room, LogFollower follower)
    {
        private readonly ConcurrentDictionary<int, string> _unanswered = new();

        public TestClient Client => client;

        public string Room => room;

        public LogFollower Follower => follower;

        public List<string> Receipted { get; } = [];

        public async Task RunAsync(CountdownEvent reached)
        {
            using var window = new SemaphoreSlim(Window);
            await Task.WhenAll(SendAsync(window), ReceiveAsync(window, reached));
        }

        private async Task SendAsync(SemaphoreSlim window)
        {
            try
            {
                for (var number = 0; ; number++)
                {
                    using var deadline = Deadline.Start();
                    await window.WaitAsync(deadline.Token);
                    var text = $"{client.Nick}:{number}";
                    // The uid is recorded before the receipt can arrive.
                    var uid = 0x100000 + number;
                    _unanswered[uid] = text;
                    await client.SendBytesAsync(new Packet(uid, Wire.NewMsg, text).Encode());
                }
            }
            catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                // The host has ended.
            }
        }

        private async Task ReceiveAsync(SemaphoreSlim window, CountdownEvent reached)
        {
            try
            {
                while (await client.TryReceiveAsync() is { } packet)
                {
                    Assert.NotEqual(Wire.RespError, packet.Command);
                    if (packet.Command != Wire.Receipt)
                    {
                        follower.Take(packet);
                        continue;
                    }

                    Assert.True(_unanswered.TryRemove(packet.Uid, out var text));
                    follower.TakeReceipt(packet, text!);
                    Receipted.Add(text);
                    window.Release();
                    if (!reached.IsSet)
                        Signal(reached);
                }
            }
            catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or OperationCanceledException)
            {
                // The host has ended.
            }

            // Senders that wait for a place in the window continue, and find the connection closed.
            window.Release(Window);
        }

        private static void Signal(CountdownEvent reached)
        {
            lock (reached)
            {
                if (!reached.IsSet)
                    reached.Signal();
            }
        }
    }
}
