using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.Testing.Tests.Rules;
using Xunit.Abstractions;

namespace TPacket.Redis.Tests.Rooms;

/// <summary>Runs the simulation's rules on servers that share one Redis, with real time and real conflicts.</summary>
[Collection(nameof(StoresCollection))]
public sealed class RulesTests(RedisFixture redis, ITestOutputHelper output)
{
    private const string Room = "poll";
    private const int Command = 300;
    private const int Servers = 3;
    private const int Players = 9;

    // The second poll is open when a server is replaced.
    private const int Polls = 4;

    private readonly ConcurrentDictionary<string, int> _answers = new();

    [Fact]
    public Task Three_servers_and_a_later_server_have_the_same_state() => RunAsync<PollRules>();

    [Fact]
    public Task Rules_that_read_presence_have_the_same_state_on_all_servers() => RunAsync<Audience>();

    private async Task RunAsync<TRules>()
        where TRules : PollRules
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}.");
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, Servers, build: static builder => builder.AddRules<TRules>(Room, Command));
        // Printed also if the test fails.
        using var end = new CancellationTokenSource(3 * Deadline.Limit);
        await using var watcher = await cluster[0].SignInAsync("watcher");
        await watcher.AcceptAsync(Command);
        await watcher.JoinAsync(Room);
        var players = Enumerable.Range(0, Players).Select(i => PlayAsync(cluster, $"player {i}", new Random(seed + i), end.Token)).ToArray();

        await SeeCloseAsync(watcher, 1);
        await watcher.FenceUntilAsync(static packet => packet.Command == Command && State(packet).ClosesAt is not null);
        await cluster.ReplaceAsync(Servers - 1);
        await SeeCloseAsync(watcher, Polls - 1);
        await end.CancelAsync();
        await Task.WhenAll(players);
        await cluster.AddAsync();

        output.WriteLine(string.Join(", ", _answers.Select(static answer => $"{answer.Value} {answer.Key}")));
        Assert.All(["decided", "refused"], answer => Assert.InRange(_answers[answer], 1, int.MaxValue));
        var handles = new List<RoomHandle>();
        for (var i = 0; i <= Servers; i++)
            handles.Add(await cluster[i].Rooms.OpenAsync(Room));
        // Wait until an open poll has closed and each server has read the event.
        await Poll.UntilAsync(() => handles.Select(static handle => (handle.Room.Position, State(handle.Room))).Distinct().Count() == 1 && Read(handles[0].Room).ClosesAt is null);
        foreach (var handle in handles)
            await handle.DisposeAsync();
    }

    /// <summary>Enters, plays and leaves on changing servers, until the end.</summary>
    private async Task PlayAsync(TestCluster cluster, string nick, Random random, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var server = random.Next(Servers);
            try
            {
                await using var client = await cluster[server].ConnectAsync();
                await client.SendAsync(Wire.Nop, Wire.MagicString);
                // The last visit's leave may still be in progress.
                if ((await client.ReplyAsync(Wire.SetUserNick, nick)).Command != Wire.RespOk)
                    continue;
                var uid = await client.SendAsync(Wire.SetRoom, Room);
                await client.FenceUntilAsync(packet => packet.Uid == uid);
                for (var i = random.Next(5, 40); i > 0 && !end.IsCancellationRequested; i--)
                    await ActAsync(client, cluster[server], random);
            }
            catch (Exception e) when (server == Servers - 1 && e is (InvalidOperationException or WebSocketException))
            {
                // The server is being replaced.
                _answers.AddOrUpdate("cut off", 1, static (_, count) => count + 1);
            }
        }
    }

    private async Task ActAsync(TestClient client, TestHost server, Random random)
    {
        var state = server.Rooms.Find(Room) is { } room ? Read(room) : PollState.Empty;
        var drawn = PollRules.Draw(random, state);
        var command = drawn is Ask ask ? ask with { Seconds = 1 } : drawn;
        var uid = await client.SendAsync(Command, JsonSerializer.SerializeToUtf8Bytes(command, PollJson.Default.PollCommand));
        var answer = (await client.FenceUntilAsync(packet => packet.Uid == uid))[^1];
        var kind = answer switch
        {
            { Command: Wire.RespOk } => "decided",
            { P1: Wire.ErrorRefused } => "refused",
            _ => $"answered with {answer.P1}",
        };
        _answers.AddOrUpdate(kind, 1, static (_, count) => count + 1);
    }

    /// <summary>Waits until a number of polls have closed.</summary>
    private static async Task SeeCloseAsync(TestClient watcher, int count)
    {
        for (var isOpen = false; count > 0;)
        {
            var packet = await watcher.ReceiveAsync();
            if (packet.Command != Command)
                continue;
            var wasOpen = isOpen;
            isOpen = State(packet).ClosesAt is not null;
            count -= wasOpen && !isOpen ? 1 : 0;
        }
    }

    private static PollState Read(IRoom room) => room.TryGetState<PollState>(out var state) ? state : PollState.Empty;

    private static string State(IRoom room) => JsonSerializer.Serialize(Read(room), PollJson.Default.PollState);

    private static PollState State(Packet packet) => JsonSerializer.Deserialize(packet.Data, PollJson.Default.PollState)!;
}
