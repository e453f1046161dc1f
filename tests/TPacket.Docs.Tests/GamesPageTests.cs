using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using TPacket.Client;
using TPacket.Games;
using TPacket.Protocol;

namespace TPacket.Docs.Tests;

/// <summary>The game of docs/games.md runs as the page describes.</summary>
public class GamesPageTests
{
    [Fact]
    public void The_pages_test_of_its_rules_passes() => Snippets.Games.Test();

    [Fact]
    public async Task Two_clients_play_the_pages_game_to_its_end()
    {
        foreach (var file in Directory.GetFiles(Directory.GetCurrentDirectory(), "noughts.db*"))
            File.Delete(file);
        var talked = Task.CompletedTask;
        await Snippets.NoughtsProgram.RunAsync(["--urls=http://127.0.0.1:0"], app => app.Lifetime.ApplicationStarted.Register(() => talked = TalkAsync(app))).WaitAsync(TimeSpan.FromMinutes(1));
        await talked;
    }

    [Fact]
    public void The_pages_codes_and_commands_are_those_of_the_package()
    {
        var codes = Pages.Rows("docs/games.md", "Refusals").Select(cells => cells[0].Trim('`'));
        Assert.Equal(Constants(typeof(GameErrorCode)).Select(constant => constant.Value).Order(), codes.Select(int.Parse).Order());
        var commands = Pages.Rows("docs/games.md", "The wire").Select(cells => cells[0].Trim('`'));
        Assert.Equal(Constants(typeof(GameCommand)).Select(constant => constant.Value).Order(), commands.Select(int.Parse).Order());
        var verbs = Pages.Rows("docs/games.md", "Actions").Select(cells => cells[0].Trim('`'));
        Assert.Equal(Enum.GetNames<GameVerb>().Where(name => name != nameof(GameVerb.Flag)).Select(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName).Order(), verbs.Order());
    }

    [Fact]
    public void The_pages_packets_are_whole()
    {
        var block = Regex.Match(Pages.Read("docs/games.md"), @"^```\n(45 6a 38 40.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
        var bytes = Convert.FromHexString(string.Concat(Regex.Matches(block, @"\b[0-9a-f]{2}\b").Select(match => match.Value)));
        Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(bytes, out var header, out var data));
        Assert.Equal((GameCommand.Game, """{"do":"claim"}"""), (header.Command, Encoding.UTF8.GetString(data)));
    }

    private static IEnumerable<(string Name, int Value)> Constants(Type type) => type.GetFields().Where(field => field.IsLiteral).Select(field => (field.Name, Convert.ToInt32(field.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)));

    private static async Task TalkAsync(WebApplication app)
    {
        try
        {
            await PlayAsync(new UriBuilder(app.Urls.Single()) { Scheme = "ws", Path = "/rooms" }.Uri).WaitAsync(TimeSpan.FromMinutes(1));
        }
        finally
        {
            app.Lifetime.StopApplication();
        }
    }

    private static async Task PlayAsync(Uri server)
    {
        await using var alice = await EnterAsync(server, "alice");
        await using var bob = await EnterAsync(server, "bob");
        var events = bob.ReadEventsAsync();
        await ActAsync(alice, """{"do":"claim"}""");
        await ActAsync(bob, """{"do":"claim"}""");
        foreach (var (player, square) in ((TPacketClient, int)[])[(alice, 0), (bob, 4), (alice, 1), (bob, 5), (alice, 2)])
            await ActAsync(player, $$"""{"do":"move","move":{{square}}}""");
        await foreach (var received in events.OfType<PacketReceived>())
        {
            var view = JsonNode.Parse(received.Packet.Data.Span)!;
            if ((string?)view["phase"] != "over")
                continue;
            Assert.Equal("""{"winners":[0],"reason":"won"}""", view["result"]!.ToJsonString());
            Assert.Equal("XXX OO   ", (string?)view["board"]);
            break;
        }
    }

    private static Task<Receipt> ActAsync(TPacketClient client, string action) => client.AppendAsync(new Packet(GameCommand.Game, action));

    private static async Task<TPacketClient> EnterAsync(Uri server, string nick)
    {
        var client = new TPacketClient(server, new TPacketClientOptions { AcceptedCommands = [(GameCommand.Game, GameCommand.Game)] });
        await client.ConnectAsync(nick, "table");
        return client;
    }
}
