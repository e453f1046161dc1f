using TPacket.Redis.Tests.Harness;
using Xunit.Abstractions;
using Packet = TPacket.Packages.Tests.PacketClient.Packet;

namespace TPacket.Packages.Tests;

[Collection(PackedPackagesGroup.Name)]
public sealed class FreshConsumerTests(PackedPackages packages, ITestOutputHelper output) : IDisposable
{
    private const int Nop = 0, SetUserNick = 1, SetRoom = 2, RespOk = 3, NewUser = 5, NewMsg = 7, AcceptCommands = 10, PollCommand = 256, OwnCommand = 300;

    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-packages-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(20));

    [Fact]
    public async Task An_app_that_references_only_one_package_builds_runs_and_serves_a_client()
    {
        await ConsumerApp.BuildAsync(
            _folder, packages, _deadline.Token, ConsumerKind.Console, ConsumerKind.Sqlite, ConsumerKind.Games, ConsumerKind.Web, ConsumerKind.Redis);
        await ServeAsync(ConsumerKind.Console);
        await ServeAsync(ConsumerKind.Sqlite);
        await ServeAsync(ConsumerKind.Games);
        await ServeAsync(ConsumerKind.Web);
        await using (var redis = await RedisServer.StartAsync(await RedisProgram.FindAsync(Path.Combine(Repository.Root, "artifacts"), output.WriteLine)))
            await ServeAsync(ConsumerKind.Redis, redis.Configuration);
        await FollowTutorialAsync();
    }

    public void Dispose()
    {
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Follows docs/tutorial-rules.md: the poll has its votes after a kill.</summary>
    private async Task FollowTutorialAsync()
    {
        var app = new TutorialApp(Path.Combine(_folder, "tutorial"));
        await app.BuildAsync(packages, _deadline.Token);
        await VoteAsync(app, "alice", 0, """{"Votes":{"alice":0},""");
        await VoteAsync(app, "bob", 1, """{"Votes":{"alice":0,"bob":1},""");
    }

    private async Task VoteAsync(TutorialApp app, string nick, int choice, string ballot)
    {
        var (process, address) = await app.StartAsync(_deadline.Token);
        try
        {
            using var http = new HttpClient { BaseAddress = address };
            Assert.Contains("poll.js", await http.GetStringAsync("", _deadline.Token), StringComparison.Ordinal);
            using var client = new PacketClient(_deadline.Token);
            await client.ConnectAsync($"{address.Authority}/rooms");
            await client.SendAsync(0x1000, Nop, "magic string :)");
            await client.SendAsync(0x1001, SetUserNick, nick);
            Assert.Equal(RespOk, (await client.ReceiveAsync()).Command);
            await client.SendAsync(0x1002, AcceptCommands, p1: PollCommand, p2: PollCommand);
            Assert.Equal(RespOk, (await client.ReceiveAsync()).Command);
            await client.SendAsync(0x1003, SetRoom, "tea");
            await client.SendAsync(0x1004, PollCommand, $$"""{"Choice":{{choice}}}""");
            Packet packet;
            do
                packet = await client.ReceiveAsync();
            while (!packet.Text.StartsWith(ballot, StringComparison.Ordinal));
            do
                packet = await client.ReceiveAsync();
            while (packet.Uid != 0x1004);
            Assert.Equal(RespOk, packet.Command);
        }
        finally
        {
            await Dotnet.StopAsync(process);
        }
    }

    private async Task ServeAsync(ConsumerKind kind, params string[] arguments)
    {
        await using var app = await ConsumerApp.StartAsync(kind, _folder, _deadline.Token, arguments);
        using var client = new PacketClient(_deadline.Token);

        await client.ConnectAsync(app.EndPoint);
        await client.SendAsync(0x1000, Nop, "magic string :)");
        await client.SendAsync(0x1001, SetUserNick, "alice");
        Assert.Equal(new Packet(0x1001, RespOk, 0, ""), await client.ReceiveAsync());

        await client.SendAsync(0x1002, SetRoom, "wuwu");
        Assert.Equal(new Packet(0x1002, RespOk, 0, ""), await client.ReceiveAsync());
        var arrival = await client.ReceiveAsync();
        Assert.Equal(new Packet(-1, NewUser, arrival.P1, "alice"), arrival);
        Assert.True(arrival.P1 >= 0x1000);

        await client.SendAsync(0x1003, NewMsg, "hello");
        Assert.Equal(new Packet(-1, NewMsg, arrival.P1, "hello"), await client.ReceiveAsync());

        await client.SendAsync(0x1004, OwnCommand);
        Assert.Equal(new Packet(0x1004, RespOk, 0, ""), await client.ReceiveAsync());

        await client.CloseAsync();
    }
}
