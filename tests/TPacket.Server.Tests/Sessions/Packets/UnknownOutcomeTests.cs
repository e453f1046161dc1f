using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Sessions.Packets;

/// <summary>Packets of unknown outcome: the server refuses later packets until the client has sent them again (docs/protocol.md, Receipts).</summary>
public class UnknownOutcomeTests : ReceiptScene
{
    [Fact]
    public async Task A_packet_that_the_store_rejected_can_be_sent_again()
    {
        await using var server = await StartAsync(static b => b.UseRoomStore<FlakyStore>());
        var store = StoreOf(server);
        await using var alice = await JoinAsync(server, "alice");
        (store.Failing, store.Late) = ("Message", false);
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        var refused = await alice.ReceiveAsync();
        Assert.Equal((9, Wire.RespError, Wire.ErrorStoreFailed), (refused.Uid, refused.Command, refused.P1));
        store.Failing = "";
        await alice.SendBytesAsync(new Packet(10, Wire.NewMsg, "ten").Encode());
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        Assert.Equal(
            ["7 ten", "17 10", "7 nine", "17 9"],
            (await alice.FenceAsync()).Select(static p => p.Command == Wire.Receipt ? $"17 {p.Uid}" : $"{p.Command} {p.Text}"));
    }

    [Fact]
    public async Task A_packet_of_unknown_outcome_is_resolved_before_any_later_packet()
    {
        await using var server = await StartAsync(static b => b.UseRoomStore<FlakyStore>(), static o =>
        {
            o.AllowNickChange = true;
            o.AllowRoomChange = true;
        });
        var store = StoreOf(server);
        await using var alice = await JoinAsync(server, "alice");
        (store.Failing, store.Late) = ("Message", true);
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        var seen = await alice.ReceiveAsync(2);
        Assert.Equal("nine", seen[0].Text);
        Assert.Equal((9, Wire.RespError, Wire.ErrorUnknown), (seen[1].Uid, seen[1].Command, seen[1].P1));

        store.Failing = "";
        var appends = store.Appends.All.Length;
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReplyAsync(Wire.NewMsg, "ten")).P1);
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReplyAsync(Shout, "ten")).P1);
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReplyAsync(Wire.SetRoom, "other")).P1);
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReplyAsync(Wire.SetUserNick, "alicia")).P1);
        Assert.Equal(appends, store.Appends.All.Length);

        // A failure of the second attempt does not decide about the first one.
        (store.Failing, store.Late) = ("Message", false);
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        var failed = await alice.ReceiveAsync();
        Assert.Equal((9, Wire.ErrorUnknown), (failed.Uid, failed.P1));

        store.Failing = "";
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        var receipt = await alice.ReceiveAsync();
        Assert.Equal((9, Wire.Receipt, 1), (receipt.Uid, receipt.Command, receipt.P1));
        await alice.SendBytesAsync(new Packet(10, Wire.NewMsg, "ten").Encode());
        Assert.Equal(["ten", ""], (await alice.ReceiveAsync(2)).Select(static p => p.Command == Wire.NewMsg ? p.Text : ""));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_user_that_the_host_has_removed_from_the_room_gets_an_error_and_continues(bool moved)
    {
        await using var server = await StartAsync(static b => b.UseRoomStore<FlakyStore>(), static o => o.AllowRoomChange = true);
        var store = StoreOf(server);
        await using var alice = await JoinAsync(server, "alice");
        (store.Failing, store.Late) = ("Message", true);
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReceiveAsync(2))[1].P1);
        store.Failing = "";
        var room = server.Rooms.Find("room")!;
        if (moved)
            await server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!.EnterRoomAsync("other");
        else
            await room.RemoveAsync(Assert.Single(room.Members));
        await alice.FenceAsync();

        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        var refused = await alice.ReceiveAsync();
        Assert.Equal((9, Wire.RespError, Wire.ErrorNotInRoom), (refused.Uid, refused.Command, refused.P1));
        await alice.JoinAsync("other");
        await alice.SendBytesAsync(new Packet(10, Wire.NewMsg, "ten").Encode());
        Assert.Equal([(-1, Wire.NewMsg), (10, Wire.Receipt)], (await alice.FenceAsync()).Select(static p => (p.Uid, p.Command)));
    }

    [Fact]
    public async Task A_handler_that_decides_again_answers_a_packet_of_unknown_outcome()
    {
        var isDecided = false;
        await using var server = await StartAsync(b => b.UseRoomStore<FlakyStore>().AddCommand(Shout, async context =>
        {
            if (isDecided)
                context.ReplyError((PacketErrorCode)(-1000), "It is not your turn.");
            else
                await context.BroadcastAsync(Shout);
        }));
        var store = StoreOf(server);
        await using var alice = await JoinAsync(server, "alice");
        (store.Failing, store.Late) = ("Packet", true);
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReplyAsync(Shout)).P1);
        var uid = (await alice.ReplyAsync(Wire.NewMsg, "later")).Uid;
        (store.Failing, isDecided) = ("", true);
        await alice.SendBytesAsync(new Packet(uid - 1, Shout, "").Encode());
        Assert.Equal(-1000, (await alice.ReceiveAsync()).P1);
        await alice.SayAsync("later");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_limit_that_refuses_a_repeated_packet_leaves_its_outcome_unknown(bool byRoom)
    {
        var time = new WatchedTime();
        await using var server = await StartAsync(
            static b => b.UseRoomStore<FlakyStore>(),
            o =>
            {
                (o.PingAfterIdle, o.PongTimeout) = (TimeSpan.FromDays(700), TimeSpan.FromDays(700));
                if (byRoom)
                    (o.RoomPacketsPerSecond, o.RoomPacketBurst) = (1, 8);
                else
                    (o.PacketsPerSecond, o.PacketBurst) = (1, 16);
            },
            time);
        var store = StoreOf(server);
        await using var alice = await JoinAsync(server, "alice");
        (store.Failing, store.Late) = ("Message", true);
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReceiveAsync(2))[1].P1);

        // Until the limit refuses packets; then it refuses the repeated packet as well.
        for (var isRefused = false; !isRefused;)
            isRefused = (await alice.ReplyAsync(Wire.NewMsg, "ten")).P1 == Wire.ErrorRateLimited;
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        Assert.Equal((9, Wire.ErrorRateLimited), await AnswerAsync());

        time.Advance(TimeSpan.FromSeconds(20));
        (store.Failing, store.Late) = ("Message", false);
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        Assert.Equal((9, Wire.ErrorUnknown), await AnswerAsync());
        store.Failing = "";
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReplyAsync(Wire.NewMsg, "ten")).P1);
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        var receipt = await alice.ReceiveAsync();
        Assert.Equal((9, Wire.Receipt, 1), (receipt.Uid, receipt.Command, receipt.P1));

        async Task<(int Uid, int Code)> AnswerAsync()
        {
            var answer = await alice.ReceiveAsync();
            return (answer.Uid, answer.P1);
        }
    }

    [Fact]
    public async Task An_event_that_is_not_delivered_in_time_has_its_receipt_when_its_packet_is_sent_again()
    {
        var time = new WatchedTime();
        await using var server = await StartAsync(static b => b.UseRoomStore<FlakyStore>(), static o => o.PingAfterIdle = TimeSpan.FromDays(700), time);
        var store = StoreOf(server);
        await using var alice = await JoinAsync(server, "alice");
        store.Withheld = RoomEventKind.Message;
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        var answer = alice.ReceiveAsync();
        while (!answer.IsCompleted)
        {
            // The wait may begin only now.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var unknown = await answer;
        Assert.Equal((9, Wire.RespError, Wire.ErrorUnknown), (unknown.Uid, unknown.Command, unknown.P1));
        store.Release();
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        Assert.Equal([(-1, Wire.NewMsg), (9, Wire.Receipt)], (await alice.ReceiveAsync(2)).Select(static p => (p.Uid, p.Command)));
    }

    [Fact]
    public async Task A_handler_receives_the_result_that_its_user_was_not_moved()
    {
        var moves = new List<bool>();
        await using var server = await StartAsync(
            b => b.UseRoomStore<FlakyStore>().AddCommand(Wire.SetRoom, async context =>
            {
                moves.Add(await context.EnterRoomAsync(Encoding.UTF8.GetString(context.Data.Span)));
            }),
            static o => o.AllowRoomChange = true);
        var store = StoreOf(server);
        await using var alice = await JoinAsync(server, "alice");
        (store.Failing, store.Late) = ("Message", true);
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReceiveAsync(2))[1].P1);
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReplyAsync(Wire.SetRoom, "other")).P1);
        // The handler continues when the answer has been sent.
        await alice.FenceAsync();
        Assert.Equal([true, false], moves);
    }
}
