using System.Net;
using Microsoft.Data.Sqlite;
using TPacket.Samples.Tests.Harness;

namespace TPacket.Samples.Tests;

public sealed class PollTests : IDisposable
{
    private const int Command = 256;
    private const int Hour = 3600;

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-poll-");

    private string RoomsFile => Path.Combine(_folder.FullName, "poll.db");

    public void Dispose()
    {
        _deadline.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void The_sample_has_less_than_80_lines()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Files", "Poll");
        Assert.InRange(((string[])["PollRules.cs", "Program.cs", "index.html", "poll.js"]).Sum(file => File.ReadLines(Path.Combine(folder, file)).Count()), 1, 79);
    }

    [Fact]
    public async Task The_page_is_served_from_any_working_directory()
    {
        await using var sample = await SampleProcess.StartPollAsync(RoomsFile, Hour, _deadline.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{sample.EndPoint}/") };
        foreach (var file in new[] { "", "poll.js", "tpacket-client.min.js" })
        {
            using var response = await http.GetAsync(file, _deadline.Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_killed_server_has_the_first_vote_after_its_restart()
    {
        await using (var sample = await SampleProcess.StartPollAsync(RoomsFile, Hour, _deadline.Token))
        {
            using var alice = await EnterAsync(sample, "alice", "tea");
            Assert.Contains("""{"Votes":{"alice":0},"ClosesAt":""", await VoteAsync(alice, 0), StringComparison.Ordinal);
            await sample.EndAsync(_deadline.Token);
        }

        // The log has the length of this poll; the setting applies to new polls.
        await using var again = await SampleProcess.StartPollAsync(RoomsFile, 1, _deadline.Token);
        using var bob = await EnterAsync(again, "bob", "tea");
        Assert.Contains("""{"Votes":{"alice":0},"ClosesAt":""", await SeeAsync(bob), StringComparison.Ordinal);
        Assert.Contains("""{"Votes":{"alice":0,"bob":1},"ClosesAt":""", await VoteAsync(bob, 1), StringComparison.Ordinal);
        Assert.Contains("""{"Votes":{"alice":0,"bob":0},"ClosesAt":""", await VoteAsync(bob, 0), StringComparison.Ordinal);
        await bob.SendAsync(Command, """{"Choice":2}""");
        Assert.Equal((PacketClient.RespError, "There is no such choice."), await bob.ReceiveAsync() is var refused ? (refused.Command, refused.Text) : default);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_poll_closes_in_an_empty_room()
    {
        await using (var sample = await SampleProcess.StartPollAsync(RoomsFile, 1, _deadline.Token))
        {
            using var alice = await EnterAsync(sample, "alice", "tea");
            Assert.Contains("\"IsClosed\":false", await VoteAsync(alice, 1), StringComparison.Ordinal);
            await sample.EndAsync(_deadline.Token);
        }

        await using var again = await SampleProcess.StartPollAsync(RoomsFile, Hour, _deadline.Token);
        while (await IsAnyToBeWokenAsync())
            await Task.Delay(20, _deadline.Token);
        using var bob = await EnterAsync(again, "bob", "tea");
        Assert.EndsWith("\"IsClosed\":true}", await SeeAsync(bob), StringComparison.Ordinal);
        await bob.SendAsync(Command, """{"Choice":1}""");
        Assert.Equal((PacketClient.RespError, "The poll is closed."), await bob.ReceiveAsync() is var refused ? (refused.Command, refused.Text) : default);
    }

    private async Task<PacketClient> EnterAsync(SampleProcess sample, string nick, string room)
    {
        var client = await PacketClient.ConnectAsync($"{sample.EndPoint}/rooms", _deadline.Token);
        Assert.Equal(PacketClient.RespOk, (await client.AskAsync(PacketClient.SetUserNick, nick)).Command);
        Assert.Equal(PacketClient.RespOk, (await client.AskAsync(PacketClient.AcceptCommands, p1: Command, p2: Command)).Command);
        Assert.Equal(PacketClient.RespOk, (await client.AskAsync(PacketClient.SetRoom, room)).Command);
        return client;
    }

    /// <summary>Votes, and receives all packets up to the answer.</summary>
    /// <returns>The last ballot that the client has received.</returns>
    private static async Task<string> VoteAsync(PacketClient client, int choice)
    {
        var uid = await client.SendAsync(Command, $$"""{"Choice":{{choice}}}""");
        var ballot = "";
        PacketClient.Packet packet;
        while ((packet = await client.ReceiveAsync()).Uid != uid)
        {
            if (packet.Command == Command)
                ballot = packet.Text;
        }

        Assert.Equal(PacketClient.RespOk, packet.Command);
        return ballot;
    }

    /// <summary>Receives the next ballot.</summary>
    private static async Task<string> SeeAsync(PacketClient client)
    {
        PacketClient.Packet packet;
        do
            packet = await client.ReceiveAsync();
        while (packet.Command != Command);
        return packet.Text;
    }

    private async Task<bool> IsAnyToBeWokenAsync()
    {
        await using var file = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = RoomsFile, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await file.OpenAsync(_deadline.Token);
        await using var command = file.CreateCommand();
        command.CommandText = "SELECT count(*) FROM rules WHERE wake IS NOT NULL";
        return (long)(await command.ExecuteScalarAsync(_deadline.Token))! > 0;
    }
}
