using System.Text.Json.Nodes;
using Checkers.Games;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Client;
using TPacket.Games.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Games.Tests;

/// <summary>Bots with a long search. It lasts until the test ends it, so that a wait for it fails the test.</summary>
public sealed class BotTests : IDisposable
{
    private readonly Thought _thought = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-bots-");

    public void Dispose()
    {
        _thought.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_bot_that_computes_delays_no_other_member_of_its_room_or_server()
    {
        await using var server = await StartAsync();
        await using var alice = await PlayAsync(server, "ponder-1");
        await using var bob = await server.SignInAsync("bob");
        await using var carol = await server.SignInAsync("carol");

        // Meanwhile members of the room enter, send messages and act, and the application takes the turn.
        await bob.JoinAsync("ponder-1");
        await bob.SendAsync(Wire.NewMsg, "Is it thinking?");
        await alice.FenceUntilAsync(static packet => packet.Text == "Is it thinking?");
        await alice.SendAsync(GameCommand.Game, """{"do":"offer","offer":"draw"}""");
        await UntilAsync(bob, static view => view["seats"]![0]!["offers"] is not null);
        await alice.SendAsync(GameCommand.Game, """{"do":"decline","offer":"draw"}""");
        await UntilAsync(bob, static view => view["seats"]![0]!["offers"] is null);
        using (var deadline = Deadline.Start())
            await server.Rooms.Find("ponder-1")!.RunInTurnAsync(static _ => default).AsTask().WaitAsync(deadline.Token);

        // In another room members move at once; its bot moves when the thread is free.
        await carol.JoinAsync("checkers-1");
        await carol.SendAsync(GameCommand.Game, """{"do":"claim","seat":0}""");
        await carol.SendAsync(GameCommand.Game, """{"do":"bot","seat":1,"level":"beginner"}""");
        await carol.SendAsync(GameCommand.Game, """{"do":"move","move":"11-15"}""");
        await UntilAsync(carol, static view => (int)view["moves"]! == 1);

        _thought.End();
        var view = await UntilAsync(bob, static view => (int)view["moves"]! == 2);
        Assert.Equal("1:ab", (string?)view["board"]);
        await UntilAsync(carol, static view => (int)view["moves"]! == 2);
        // Bob's coming and the offer have changed the state, but not the bot's turn.
        Assert.Equal(1, _thought.Count);
    }

    [Fact]
    public async Task A_move_that_was_computed_for_a_finished_game_has_no_effect_on_the_next_game()
    {
        await using var server = await StartAsync();
        await using var alice = await PlayAsync(server, "ponder-1");
        await alice.SendAsync(GameCommand.Game, """{"do":"resign"}""");
        await UntilAsync(alice, static view => view["result"] is not null);
        await alice.SendAsync(GameCommand.Game, """{"do":"offer","offer":"rematch"}""");
        await alice.SendAsync(GameCommand.Game, """{"do":"move","move":"x"}""");
        await UntilAsync(alice, static view => (int)view["game"]! == 2 && (int)view["moves"]! == 1);

        _thought.End();
        await _thought.BegunAsync();
        _thought.End();

        var view = await UntilAsync(alice, static view => (int)view["moves"]! == 2);
        Assert.Equal("2:xb", (string?)view["board"]);
        Assert.Equal(2, _thought.Count);
    }

    [Fact]
    public async Task A_bot_that_exceeds_its_time_loses_on_time()
    {
        await using var server = await StartAsync();
        await using var alice = await PlayAsync(server, "ponder-1", """{"do":"setUp","clock":{"kind":"eachMove","milliseconds":3000}}""");

        var view = await UntilAsync(alice, static view => view["result"] is not null);

        Assert.Equal("""{"winners":[0],"reason":"time"}""", view["result"]!.ToJsonString());
        Assert.Equal(1, (int)view["moves"]!);
    }

    [Fact]
    public async Task A_bot_moves_on_the_next_server_if_its_server_ends_during_its_computation()
    {
        var file = Path.Combine(_folder.FullName, "rooms.db");
        await using (var server = await StartAsync(file))
        {
            // The session outlives the server; the client does not reconnect.
            await using var alice = new TPacketClient(server.Uri, new TPacketClientOptions { Reconnect = ReconnectOptions.Never }.AcceptGames());
            using var game = new Game<string, string>(alice, GamesJson.Default);
            await alice.ConnectAsync("alice", "ponder-1");
            await game.ClaimAsync(0);
            await game.SetBotAsync(1, "deep");
            await game.MoveAsync("a");
            await _thought.BegunAsync();
            await server.StopAsync();
        }

        await using var next = await StartAsync(file);
        await _thought.BegunAsync();
        await using var handle = await next.Rooms.OpenAsync("ponder-1");
        _thought.End(2);

        await Deadline.UntilAsync(() => handle.Room.TryGetState<GameState<string, string>>(out var state) && state.Board == "1:ab");
    }

    [Fact]
    public async Task A_bot_that_fails_is_asked_again_and_members_continue()
    {
        await using var server = await StartAsync();
        await using var alice = await PlayAsync(server, "ponder-1", level: "broken");
        _thought.End();
        await alice.SendAsync(GameCommand.Game, """{"do":"resign"}""");
        Assert.Equal("resigned", (string?)(await UntilAsync(alice, static view => view["result"] is not null))["result"]!["reason"]);
    }

    private static Task<JsonNode> UntilAsync(TestClient client, Func<JsonNode, bool> isIt) => WireTests.UntilAsync(client, isIt);

    private Task<GameServer> StartAsync(string? file = null) => GameServer.StartAsync(
        build: builder =>
        {
            builder.Services.AddSingleton(_thought);
            builder.AddGame<PonderousGame>("ponder-*");
            if (file is not null)
                builder.UseSqlite(options => options.Path = file);
        },
        options: static options => options.RulesThreads = 1);

    /// <summary>Alice moves against a bot, which then thinks.</summary>
    private async Task<TestClient> PlayAsync(GameServer server, string room, string? setUp = null, string level = "deep")
    {
        var alice = await server.SignInAsync("alice");
        await alice.JoinAsync(room);
        await alice.SendAsync(GameCommand.Game, """{"do":"claim","seat":0}""");
        if (setUp is not null)
            await alice.SendAsync(GameCommand.Game, setUp);
        await alice.SendAsync(GameCommand.Game, $$"""{"do":"bot","seat":1,"level":"{{level}}"}""");
        await alice.SendAsync(GameCommand.Game, """{"do":"move","move":"a"}""");
        await UntilAsync(alice, static view => (int)view["moves"]! == 1);
        await _thought.BegunAsync();
        return alice;
    }
}
