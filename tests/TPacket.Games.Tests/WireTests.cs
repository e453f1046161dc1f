using System.Text.Json.Nodes;
using TPacket.Games.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Games.Tests;

/// <summary>Games over the wire.</summary>
public class WireTests
{
    private static readonly string[] _secrets = ["rock", "paper", "scissors"];

    [Fact]
    public async Task Two_clients_play_and_a_third_client_watches()
    {
        await using var server = await GameServer.StartAsync();
        await using var alice = await server.SignInAsync("alice");
        await using var bob = await server.SignInAsync("bob");
        await using var carol = await server.SignInAsync("carol");
        await alice.JoinAsync("checkers-1");
        await bob.JoinAsync("checkers-1");
        await carol.JoinAsync("checkers-1");
        await alice.SendAsync(GameCommand.Game, """{"do":"claim"}""");
        await UntilAsync(bob, view => view["seats"]![0]!["nick"] is not null);
        await bob.SendAsync(GameCommand.Game, """{"do":"claim"}""");
        await UntilAsync(alice, view => (string?)view["phase"] == "running");
        await alice.SendAsync(GameCommand.Game, """{"do":"move","move":"11-15"}""");

        var seen = await UntilAsync(carol, view => (int)view["moves"]! == 1);
        Assert.Equal("11-15", (string?)seen["board"]!["last"]);
        Assert.Null(seen["you"]);
        await UntilAsync(alice, view => (int)view["moves"]! == 1);
        await alice.FenceAsync();
        var refused = await alice.ReplyAsync(GameCommand.Game, """{"do":"move","move":"9-13"}""");
        Assert.Equal((Wire.RespError, -67, "It is not your turn."), (refused.Command, refused.P1, refused.Text));
        await carol.FenceAsync();
        var replay = await carol.ReplyAsync(GameCommand.Replay, "", 1);
        Assert.Equal((GameCommand.Replay, 1), (replay.Command, replay.P1));
        Assert.Equal("11-15", (string?)JsonNode.Parse(replay.Data)!["boards"]![0]!["last"]);
    }

    [Fact]
    public async Task No_byte_that_others_receive_depends_on_a_secret_before_it_is_shown()
    {
        // The same game on new servers, with another choice of Alice.
        var seen = new List<(string Bob, string Carol, string Shown)>();
        foreach (var secret in _secrets)
            seen.Add(await PlayAsync(secret));

        Assert.All(seen, run => Assert.Equal(seen[0].Bob, run.Bob));
        Assert.All(seen, run => Assert.Equal(seen[0].Carol, run.Carol));
        Assert.Equal(_secrets.Length, seen.Select(run => run.Shown).Distinct().Count());
    }

    [Fact]
    public async Task A_pair_of_the_queue_plays_in_a_room_with_its_reserved_seats()
    {
        await using var server = await GameServer.StartAsync();
        await using var alice = await server.SignInAsync("alice");
        await using var bob = await server.SignInAsync("bob");
        await alice.JoinAsync("lobby");
        await bob.JoinAsync("lobby");
        await alice.SendAsync(GameCommand.Matchmaking, """{"do":"seek","game":"checkers-","rating":1500}""");
        await bob.SendAsync(GameCommand.Matchmaking, """{"do":"seek","game":"checkers-","rating":1550}""");
        var room = (string)(await UntilAsync(alice, view => view["room"] is not null, GameCommand.Matchmaking))["room"]!;
        Assert.Equal(room, (string?)(await UntilAsync(bob, view => view["room"] is not null, GameCommand.Matchmaking))["room"]);
        foreach (var player in (TestClient[])[alice, bob])
        {
            // Packets of the lobby may come first.
            var uid = await player.SendAsync(Wire.SetRoom, room);
            await player.FenceUntilAsync(packet => packet.Uid == uid);
            await player.SendAsync(GameCommand.Game, """{"do":"claim"}""");
        }

        var view = await UntilAsync(bob, view => (string?)view["phase"] == "running");
        Assert.Equal(["alice", "bob"], view["seats"]!.AsArray().Select(seat => (string)seat!["nick"]!).Order());
    }

    [Fact]
    public async Task A_bot_answers_a_move()
    {
        await using var server = await GameServer.StartAsync();
        await using var alice = await server.SignInAsync("alice");
        await alice.JoinAsync("checkers-2");
        await alice.SendAsync(GameCommand.Game, """{"do":"claim","seat":0}""");
        await alice.SendAsync(GameCommand.Game, """{"do":"bot","seat":1,"level":"casual"}""");
        await alice.SendAsync(GameCommand.Game, """{"do":"move","move":"11-15"}""");
        var view = await UntilAsync(alice, view => (int)view["moves"]! == 2);
        Assert.True((bool)view["seats"]![0]!["toMove"]!);
    }

    /// <summary>Receives until a view of the game meets a condition.</summary>
    internal static async Task<JsonNode> UntilAsync(TestClient client, Func<JsonNode, bool> isIt, int command = GameCommand.Game)
    {
        while (true)
        {
            var packet = await client.ReceiveAsync();
            Assert.True(packet.Command != Wire.RespError, packet.ToString());
            if (packet.Command == command && packet.P2 == 1 && JsonNode.Parse(packet.Data) is { } view && isIt(view))
                return view;
        }
    }

    private static async Task<(string Bob, string Carol, string Shown)> PlayAsync(string secret)
    {
        // Time stands still: nothing but the secret differs.
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var server = await GameServer.StartAsync(time);
        await using var alice = await server.SignInAsync("alice");
        await using var bob = await server.SignInAsync("bob");
        await using var carol = await server.SignInAsync("carol");
        var (toBob, toCarol) = (new List<Packet>(), new List<Packet>());
        await alice.JoinAsync("hands-1");
        toBob.AddRange(await bob.JoinAsync("hands-1"));
        toCarol.AddRange(await carol.JoinAsync("hands-1"));
        await alice.SendAsync(GameCommand.Game, """{"do":"claim"}""");
        toBob.AddRange(await bob.FenceUntilAsync(static packet => packet.Command == GameCommand.Game));
        await bob.SendAsync(GameCommand.Game, """{"do":"claim"}""");
        await alice.FenceUntilAsync(static packet => packet.Command == GameCommand.Game && packet.Text.Contains("running", StringComparison.Ordinal));
        await alice.SendAsync(GameCommand.Game, $$"""{"do":"move","move":"{{secret}}"}""");

        // Up to the view in which Alice has chosen, and a replay.
        toBob.AddRange(await bob.FenceUntilAsync(HasChosen));
        toCarol.AddRange(await carol.FenceUntilAsync(HasChosen));
        await bob.FenceAsync();
        toBob.Add(await bob.ReplyAsync(GameCommand.Replay, "", 0));
        toCarol.Add(await carol.ReplyAsync(GameCommand.Replay, "", 0));
        Assert.All([.. toBob, .. toCarol], packet => Assert.All(_secrets, word => Assert.DoesNotContain(word, packet.Text, StringComparison.Ordinal)));

        await bob.SendAsync(GameCommand.Game, """{"do":"move","move":"rock"}""");
        var shown = (await carol.FenceUntilAsync(packet => packet.Command == GameCommand.Game && packet.Text.Contains($"{secret} rock", StringComparison.Ordinal)))[^1];
        return (Bytes(toBob), Bytes(toCarol), shown.Text);

        static bool HasChosen(Packet packet) => packet.Command == GameCommand.Game && packet.Text.Contains("\"haveChosen\":[true,false]", StringComparison.Ordinal);

        static string Bytes(List<Packet> packets) => string.Join('\n', packets.Select(static packet => Convert.ToHexString(packet.Encode())));
    }
}
