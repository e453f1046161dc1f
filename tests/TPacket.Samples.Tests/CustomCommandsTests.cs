using System.Globalization;
using System.Runtime.InteropServices;
using TPacket.Samples.Tests.Harness;
using Packet = TPacket.Samples.Tests.Harness.PacketClient.Packet;

namespace TPacket.Samples.Tests;

public sealed class CustomCommandsTests : IDisposable
{
    private const int RollDice = 256;
    private const int DiceRolled = 257;
    private const int ServerTime = 258;
    private const int InvalidArgument = -4;
    private const int Refused = -6;
    private const int NickTaken = -11;
    private const int NotInRoom = -23;

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    [Fact]
    public async Task A_roll_is_a_message_for_all_members_and_a_packet_for_members_that_accept_it()
    {
        await using var sample = await StartAsync();
        var (alice, aliceId) = await PacketClient.EnterAsync(sample.EndPoint, "alice", "game", _deadline.Token);
        var (bob, bobId) = await PacketClient.EnterAsync(sample.EndPoint, "bob", "game", _deadline.Token);
        using var _ = alice;
        using var __ = bob;
        Assert.Equal(new Packet(-1, PacketClient.NewUser, bobId, 0, "bob"), await alice.ReceiveAsync());
        Assert.Equal(PacketClient.RespOk, (await alice.AskAsync(PacketClient.AcceptCommands, p1: DiceRolled, p2: DiceRolled)).Command);

        var uid = await alice.SendAsync(RollDice, p1: 6);

        var said = await alice.ReceiveAsync();
        var rolled = await alice.ReceiveAsync();
        Assert.InRange(rolled.P2, 1, 6);
        Assert.Equal(new Packet(-1, DiceRolled, aliceId, rolled.P2, ""), rolled);
        Assert.Equal(new Packet(-1, PacketClient.NewMsg, aliceId, 0, $"rolls {rolled.P2} of 6"), said);
        Assert.Equal(new Packet(uid, PacketClient.RespOk, 0, 0, ""), await alice.ReceiveAsync());

        // Bob has not accepted 257: the next packet follows the message.
        Assert.Equal(said, await bob.ReceiveAsync());
        await alice.CloseAsync();
        Assert.Equal(new Packet(-1, PacketClient.DelUser, aliceId, 0, "alice"), await bob.ReceiveAsync());
    }

    [Theory]
    [InlineData(1, InvalidArgument)]
    [InlineData(1001, InvalidArgument)]
    [InlineData(-6, InvalidArgument)]
    public async Task Dice_with_too_few_or_too_many_sides_are_refused(int sides, int code)
    {
        await using var sample = await StartAsync();
        var (client, _) = await PacketClient.EnterAsync(sample.EndPoint, "alice", "game", _deadline.Token);
        using var alice = client;

        var answer = await alice.AskAsync(RollDice, p1: sides);

        Assert.Equal((PacketClient.RespError, code), (answer.Command, answer.P1));
    }

    [Fact]
    public async Task Dice_roll_in_rooms_only_and_the_time_is_sent_everywhere()
    {
        await using var sample = await StartAsync();
        using var alice = await PacketClient.ConnectAsync(sample.EndPoint, _deadline.Token);
        Assert.Equal(PacketClient.RespOk, (await alice.AskAsync(PacketClient.SetUserNick, "alice")).Command);

        var roll = await alice.AskAsync(RollDice, p1: 6);
        var time = await alice.AskAsync(ServerTime);

        Assert.Equal((PacketClient.RespError, NotInRoom), (roll.Command, roll.P1));
        Assert.Equal(ServerTime, time.Command);
        Assert.True(DateTimeOffset.TryParseExact(time.Text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed));
        Assert.Equal(TimeSpan.Zero, parsed.Offset);
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("Admin")]
    [InlineData("ｓｅｒｖｅｒ")]
    [InlineData("admin\uFE0F")]
    public async Task Reserved_nicks_are_refused_and_the_client_can_send_another(string reserved)
    {
        await using var sample = await StartAsync();
        using var client = await PacketClient.ConnectAsync(sample.EndPoint, _deadline.Token);

        var refused = await client.AskAsync(PacketClient.SetUserNick, reserved);
        var accepted = await client.AskAsync(PacketClient.SetUserNick, "administrator");

        Assert.Equal((PacketClient.RespError, Refused), (refused.Command, refused.P1));
        Assert.Equal(PacketClient.RespOk, accepted.Command);
    }

    [Fact]
    public async Task Nicks_are_still_unique_and_free_again_when_their_user_has_disconnected()
    {
        await using var sample = await StartAsync("--Logging:LogLevel:TPacket.Server=Debug");
        var (first, id) = await PacketClient.EnterAsync(sample.EndPoint, "alice", "game", _deadline.Token);
        using var alice = first;
        using var other = await PacketClient.ConnectAsync(sample.EndPoint, _deadline.Token);

        var taken = await other.AskAsync(PacketClient.SetUserNick, "ALICE");
        await alice.CloseAsync();
        await sample.LogHasAsync($"alice ({id}) signed out", _deadline.Token);
        Packet free;
        do
            free = await other.AskAsync(PacketClient.SetUserNick, "ALICE");
        while (free.P1 == NickTaken); // The server releases the nick shortly after it has logged the line.

        Assert.Equal((PacketClient.RespError, NickTaken), (taken.Command, taken.P1));
        Assert.Equal(PacketClient.RespOk, free.Command);
    }

    [Fact]
    public async Task A_repeated_message_is_refused_and_the_same_message_of_another_user_is_not()
    {
        await using var sample = await StartAsync("--Repeat:Window=1.00:00:00");
        var (alice, aliceId) = await PacketClient.EnterAsync(sample.EndPoint, "alice", "game", _deadline.Token);
        var (bob, bobId) = await PacketClient.EnterAsync(sample.EndPoint, "bob", "game", _deadline.Token);
        using var _ = alice;
        using var __ = bob;
        Assert.Equal(new Packet(-1, PacketClient.NewUser, bobId, 0, "bob"), await alice.ReceiveAsync());

        await alice.SendAsync(PacketClient.NewMsg, "hello");
        Assert.Equal(new Packet(-1, PacketClient.NewMsg, aliceId, 0, "hello"), await alice.ReceiveAsync());
        var refused = await alice.AskAsync(PacketClient.NewMsg, "hello");
        await bob.SendAsync(PacketClient.NewMsg, "hello");
        Assert.Equal(new Packet(-1, PacketClient.NewMsg, bobId, 0, "hello"), await alice.ReceiveAsync());
        await alice.SendAsync(PacketClient.NewMsg, "hello again");

        Assert.Equal((PacketClient.RespError, Refused), (refused.Command, refused.P1));
        Assert.Equal(new Packet(-1, PacketClient.NewMsg, aliceId, 0, "hello again"), await alice.ReceiveAsync());
    }

    [Fact]
    public async Task An_invalid_window_ends_the_program_with_one_line()
    {
        var ended = await SampleProcess.RunAsync(SampleProcess.CustomCommands, _deadline.Token, "--TPacket:Port=0", "--Repeat:Window=00:00:00");

        Assert.Equal(1, ended.ExitCode);
        Assert.Equal("Repeat:Window has to be above zero.", ended.Errors.TrimEnd());
    }

    [Fact]
    public async Task Ctrl_C_stops_the_host_cleanly()
    {
        await using var sample = await StartAsync();
        using var alice = await PacketClient.ConnectAsync(sample.EndPoint, _deadline.Token);
        Assert.Equal(PacketClient.RespOk, (await alice.AskAsync(PacketClient.SetUserNick, "alice")).Command);
        // Windows has no signals to send; the test ends there.
        if (OperatingSystem.IsWindows())
            return;

        var stopping = sample.StopAsync(PosixSignal.SIGINT, _deadline.Token);
        await alice.ReceiveCloseAsync();
        var ended = await stopping;

        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
    }

    public void Dispose() => _deadline.Dispose();

    private Task<SampleProcess> StartAsync(params string[] arguments) =>
        SampleProcess.StartAsync(SampleProcess.CustomCommands, _deadline.Token, arguments);
}
