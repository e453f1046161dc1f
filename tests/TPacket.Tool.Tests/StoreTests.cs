using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Client;
using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.Tool.Commands;
using TPacket.Tool.Tests.Harness;
using Xunit.Abstractions;

namespace TPacket.Tool.Tests;

/// <summary>The commands rooms and replay, on stores that a server is using.</summary>
public sealed class StoreTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-tool-").FullName;

    [Fact]
    public async Task A_room_in_a_file_is_listed_and_replayed_while_a_server_uses_it_and_after_it_was_stopped()
    {
        var path = Path.Combine(_folder, "chat.db");
        var server = await TestServer.StartAsync(null, builder => builder.UseSqlite(options => options.Path = path));
        await using (server)
        {
            await SayAsync(server, "lobby", "one", "two");
            await CheckStoreAsync("--sqlite", path);
        }

        var before = File.GetLastWriteTimeUtc(path);
        await CheckStoreAsync("--sqlite", path);
        Assert.Equal(before, File.GetLastWriteTimeUtc(path));
    }

    // Not slow, but it needs Redis, which the quick run leaves out.
    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_room_on_Redis_is_listed_and_replayed_while_a_server_uses_it()
    {
        var program = await RedisProgram.FindAsync(Path.Combine(RepositoryRoot(), "artifacts"), output.WriteLine);
        await using var redis = await RedisServer.StartAsync(program);
        await using var server = await TestServer.StartAsync(null, builder => builder.UseRedis(redis.Configuration, options => options.KeyPrefix = "odd*"));
        await SayAsync(server, "lobby", "one", "two");

        await CheckStoreAsync("--redis", redis.Configuration, "--key-prefix", "odd*");

        var other = await ToolRun.RunAsync("rooms", "--redis", redis.Configuration);
        Assert.Equal((0, ""), (other.ExitCode, other.Output));
    }

    [Fact]
    public async Task Replay_at_the_original_speed_waits_between_events()
    {
        var path = Path.Combine(_folder, "chat.db");
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using (var server = await TestServer.StartAsync(null, builder => builder.UseSqlite(options => options.Path = path)))
        {
            await using var room = await server.Get<IRoomDirectory>().OpenAsync("lobby");
            await room.Room.AnnounceAsync("one");
            // Ensures that the next event has a later time.
            var at = DateTimeOffset.UtcNow;
            await Deadline.UntilAsync(() => DateTimeOffset.UtcNow - at > TimeSpan.FromMilliseconds(2));
            await room.Room.AnnounceAsync("two");
        }

        var watched = new WatchedOutput();
        using var deadline = Deadline.Start();
        var replay = ToolRun.RunAsync(new StringReader(""), watched, clock, deadline.Token, "replay", "lobby", "--sqlite", path, "--speed", "0.001");
        await watched.WaitForAsync("* one");
        Assert.DoesNotContain("* two", watched.ToString(), StringComparison.Ordinal);
        Assert.False(replay.IsCompleted);
        while (!replay.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        Assert.Contains("* two", (await replay).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_prints_deletions_with_their_targets_and_the_remains_of_the_events()
    {
        var path = Path.Combine(_folder, "chat.db");
        await using (var server = await TestServer.StartAsync(null, builder => builder.UseSqlite(options => options.Path = path)))
        {
            await SayAsync(server, "lobby", "secret");
            await using var room = await server.Get<IRoomDirectory>().OpenAsync("lobby");
            var announced = await room.Room.AnnounceAsync("another secret");
            await room.Room.DeleteAsync(1);
            await room.Room.DeleteAsync(announced.Position.Offset);
        }

        var text = await ToolRun.RunAsync("replay", "lobby", "--sqlite", path);
        var lines = text.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.Matches(@"^       1  \S+  a deleted message of alice \(\d+\)$", lines[1]);
        Assert.EndsWith("  a deleted announcement", lines[3], StringComparison.Ordinal);
        Assert.EndsWith("  the text of event 1 was deleted", lines[4], StringComparison.Ordinal);
        Assert.EndsWith("  the text of event 3 was deleted", lines[5], StringComparison.Ordinal);
        var json = await ToolRun.RunAsync("replay", "lobby", "--sqlite", path, "--from", "3", "--json");
        var events = json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["deleted", "deletion", "deletion"], events.Select(static e => e.GetProperty("event").GetString()));
        Assert.Equal([1L, 3L], events.Skip(1).Select(static e => e.GetProperty("target").GetInt64()));
    }

    [Fact]
    public async Task An_invalid_store_is_an_error()
    {
        var missing = Path.Combine(_folder, "missing.db");
        var text = Path.Combine(_folder, "text.db");
        await File.WriteAllTextAsync(text, new string('x', 5000));

        foreach (var (path, error) in new[] { (missing, "does not exist"), (text, "is not a SQLite database") })
        {
            var run = await ToolRun.RunAsync("replay", "lobby", "--sqlite", path);
            Assert.Equal((ExitCode.Failed, ""), (run.ExitCode, run.Output));
            Assert.Contains(error, run.Errors, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(missing));
        var redis = await ToolRun.RunAsync("rooms", "--redis", "127.0.0.1:1,connectTimeout=500,connectRetry=1");
        Assert.Equal(ExitCode.Failed, redis.ExitCode);
        Assert.Contains("Redis cannot be reached", redis.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[{\"name\":\"lobby\",\"members\":2},{\"Name\":\"a\\u001bb\",\"Members\":0,\"x\":1}]", 0, "     2  lobby\n     0  a\\u001Bb\n", "")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>", 1, "", "The response is not a list of rooms")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[{}]", 1, "", "The response is not a list of rooms")]
    [InlineData("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n", 1, "", "404 Not Found. Check the path")]
    public async Task Rooms_of_a_server_come_from_the_list_that_its_app_publishes(string answer, int exitCode, string rooms, string error)
    {
        await using var server = new ScriptedServer(answer);

        var run = await ToolRun.RunAsync("rooms", server.Address.Replace("ws:", "http:", StringComparison.Ordinal));

        Assert.Equal((exitCode, rooms), (run.ExitCode, run.Output));
        Assert.Contains(error, run.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Alice enters a room, sends a message and is away then.</summary>
    private static async Task SayAsync(TestServer server, string room, params string[] texts)
    {
        await using var holder = await server.Get<IRoomDirectory>().OpenAsync(room);
        await using (var alice = new TPacketClient(new Uri(server.Address)))
        {
            await alice.ConnectAsync("alice", room);
            foreach (var text in texts)
                await alice.SendAsync(text);
        }

        await Deadline.UntilAsync(() => holder.Room.MemberCount == 0);
    }

    private static async Task CheckStoreAsync(params string[] store)
    {
        var rooms = await ToolRun.RunAsync(["rooms", .. store, "--json"]);
        Assert.Equal((0, ""), (rooms.ExitCode, rooms.Errors));
        var room = JsonDocument.Parse(rooms.Output).RootElement;
        Assert.Equal(("lobby", 0L, 3L), (room.GetProperty("name").GetString(), room.GetProperty("members").GetInt64(), room.GetProperty("offset").GetInt64()));

        var replay = await ToolRun.RunAsync(["replay", "lobby", .. store]);
        Assert.Equal((0, ""), (replay.ExitCode, replay.Errors));
        var lines = replay.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Matches(@"^       0  20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  alice \(\d+\) has joined$", lines[0]);
        Assert.EndsWith("  alice: one", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("  alice: two", lines[2], StringComparison.Ordinal);
        Assert.Matches(@"^       3 .* has left \(\w+\)$", lines[3]);

        var part = await ToolRun.RunAsync(["replay", "lobby", .. store, "--from", "1", "--to", "1", "--json"]);
        var message = JsonDocument.Parse(part.Output).RootElement;
        Assert.Equal((1L, "message", "one"), (message.GetProperty("offset").GetInt64(), message.GetProperty("event").GetString(), message.GetProperty("text").GetString()));

        var unknown = await ToolRun.RunAsync(["replay", "attic", .. store]);
        Assert.Equal((ExitCode.Failed, "The store has no room 'attic'.\n"), (unknown.ExitCode, unknown.Errors));
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "TPacket.Net.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the source tree.");
        return folder;
    }
}
