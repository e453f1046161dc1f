using System.Buffers.Binary;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Sessions.Packets;

/// <summary>Clients that accept RECEIPT know which of their packets are in the room's log (docs/protocol.md, Receipts).</summary>
public class ReceiptTests : ReceiptScene
{
    [Fact]
    public async Task A_receipt_follows_the_event_of_its_message()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        await alice.AcceptAsync(Wire.Event, Wire.Receipt);
        await alice.FollowAsync("room");
        var uid = await alice.SendAsync(Wire.NewMsg, "hi");
        var received = await alice.FenceAsync();

        var said = LogEvent.Of(received[0]);
        Assert.Equal([new Packet(-1, Wire.NewMsg, "hi", alice.Id)], said.Packets);
        Assert.Equal([ReceiptOf(uid, said)], received[1..]);
    }

    [Fact]
    public async Task The_bytes_are_those_of_the_protocol()
    {
        await using var server = await StartAsync(time: new FakeTimeProvider(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero)));
        await using var alice = await JoinAsync(server, "alice");
        await alice.SendBytesAsync(new Packet(0x1234, Wire.NewMsg, "hi").Encode());
        var receipt = (await alice.FenceAsync())[^1];
        var position = server.Rooms.Find("room")!.Position;
        Assert.Equal(
            "456a3840 34120000 28000000 11000000 01000000 00000000 00262d27a2010000" + Convert.ToHexStringLower(BitConverter.GetBytes(position.Check)),
            Convert.ToHexStringLower(receipt.Encode()), ignoreAllWhiteSpace: true);
    }

    [Fact]
    public async Task A_client_that_does_not_accept_receipts_gets_none()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await JoinAsync(server, "bob");
        await alice.SendAsync(Wire.NewMsg, "hi");
        Assert.Equal([new(-1, Wire.NewUser, "bob", bob.Id), new Packet(-1, Wire.NewMsg, "hi", alice.Id)], await alice.FenceAsync());
        Assert.Equal([new Packet(-1, Wire.NewMsg, "hi", alice.Id)], await bob.FenceAsync());
    }

    [Fact]
    public async Task A_repeated_uid_with_the_same_bytes_gets_the_same_receipt_and_is_broadcast_once()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "once").Encode());
        await alice.SendBytesAsync(new Packet(10, Wire.NewMsg, "between").Encode());
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "once").Encode());
        var received = await alice.FenceAsync();
        Assert.Equal(["once", "between"], received.Where(static p => p.Command == Wire.NewMsg).Select(static p => p.Text));
        Packet[] receipts = [.. received.Where(static p => p.Command == Wire.Receipt)];
        Assert.Equal([9, 10, 9], receipts.Select(static p => p.Uid));
        Assert.Equal(receipts[0], receipts[2]);
    }

    [Fact]
    public async Task A_repeated_uid_with_other_bytes_is_refused()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "one").Encode());
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "two").Encode());
        var received = await alice.FenceAsync();
        Assert.Equal([(-1, Wire.NewMsg), (9, Wire.Receipt), (9, Wire.RespError)], received.Select(static p => (p.Uid, p.Command)));
        Assert.Equal(Wire.ErrorInvalidArgument, received[^1].P1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task A_uid_that_is_not_positive_is_refused(int uid)
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        await alice.SendBytesAsync(new Packet(uid, Wire.NewMsg, "one").Encode());
        var refused = Assert.Single(await alice.FenceAsync());
        Assert.Equal((uid, Wire.RespError, Wire.ErrorInvalidArgument), (refused.Uid, refused.Command, refused.P1));
    }

    [Fact]
    public async Task A_uid_below_the_last_256_is_too_old_and_the_oldest_of_the_256_is_not()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        for (var uid = 1; uid <= 257; uid++)
            await alice.SendBytesAsync(new Packet(uid, Wire.NewMsg, $"{uid}").Encode());
        await alice.FenceAsync();
        await alice.SendBytesAsync(new Packet(1, Wire.NewMsg, "1").Encode());
        await alice.SendBytesAsync(new Packet(2, Wire.NewMsg, "2").Encode());
        var received = await alice.FenceAsync();
        Assert.Equal([(1, Wire.RespError, Wire.ErrorTooOld), (2, Wire.Receipt, 2)], received.Select(static p => (p.Uid, p.Command, p.P1)));
    }

    [Fact]
    public async Task A_repeated_packet_is_recognized_after_a_change_of_nick()
    {
        await using var server = await StartAsync(options: static o => o.AllowNickChange = true);
        await using var alice = await JoinAsync(server, "alice");
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        var first = (await alice.ReceiveAsync(2))[1];
        await alice.SendAsync(Wire.SetUserNick, "alicia");
        await alice.FenceAsync();
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        Assert.Equal(first, await alice.ReceiveAsync());
    }

    [Fact]
    public async Task A_client_gets_the_receipt_of_a_broadcast_by_its_handler()
    {
        AppendResult result = default;
        await using var server = await StartAsync(b => b.AddCommand(Shout, async context => result = await context.BroadcastAsync(Shout + 1, 1, 2, context.Data)));
        await using var alice = await JoinAsync(server, "alice");
        await using var bob = await server.SignInAsync("bob");
        await bob.AcceptAsync(Shout + 1);
        await bob.JoinAsync("room");
        await alice.FenceAsync();
        var uid = await alice.SendAsync(Shout, "hey");
        var receipt = Assert.Single(await alice.FenceAsync());
        Assert.Equal((uid, Wire.Receipt, result.Position.Offset), (receipt.Uid, receipt.Command, LogEvent.OffsetOf(receipt)));
        Assert.Equal([new Packet(-1, Shout + 1, "hey", 1, 2)], await bob.FenceAsync());
        var events = (await server.Rooms.Find("room")!.ReadAsync(null, 100, default)).Events;
        Assert.Equal("alice", events[^1].Member!.Nick);
        // A client without receipts gets an answer only from the handler.
        await bob.SendAsync(Shout, "ho");
        Assert.Equal([new Packet(-1, Shout + 1, "ho", 1, 2)], await bob.FenceAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handler_appends_at_most_once_for_a_packet(bool receipts)
    {
        await using var server = await StartAsync(static b => b.AddCommand(Shout, static async context =>
        {
            var conflict = await context.BroadcastAsync(Shout, condition: new AppendCondition { After = new RoomPosition(1, 2, 3) });
            Assert.Equal(AppendStatus.Conflict, conflict.Status);
            await context.BroadcastAsync(Shout);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await context.BroadcastAsync(Shout, p1: 1));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await context.SayAsync("and this"u8.ToArray()));
            await context.Room!.BroadcastAsync(Shout + 1);
        }));
        await using var alice = await server.SignInAsync("alice");
        if (receipts)
            await alice.AcceptAsync(Wire.Receipt);
        await alice.AcceptAsync(Shout);
        await alice.AcceptAsync(Shout + 1);
        await alice.JoinAsync("room");
        for (var i = 0; i < 2; i++)
        {
            await alice.SendAsync(Shout);
            Assert.Equal(
                receipts ? [Shout, Wire.Receipt, Shout + 1] : [Shout, Shout + 1],
                (await alice.FenceAsync()).Select(static p => p.Command));
        }
    }

    [Fact]
    public async Task A_receipt_of_a_new_epoch_waits_for_the_snapshot_of_that_epoch()
    {
        await using var server = await StartAsync(static b => b.UseRoomStore<ResettableStore>());
        var store = (ResettableStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.SignInAsync("alice");
        await alice.AcceptAsync(Wire.Event, Wire.Receipt);
        await alice.FollowAsync("room");
        // More than 32 bits, with the highest bit of either half.
        var position = new RoomPosition(0xE2, (5L << 32) + 0x8000_0001, 77);
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Answer = result =>
        {
            answered.TrySetResult();
            return result with { Position = position, Time = 1234 };
        };
        await alice.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        using (var deadline = Deadline.Start())
            await answered.Task.WaitAsync(deadline.Token);
        store.Answer = null;
        // The event of the previous epoch, which is independent of the answer.
        Assert.Equal(Wire.Event, (await alice.ReceiveAsync()).Command);
        store.Reset("room", new RoomSnapshot(position, store.MembersOf("room"), [], []));

        var received = await alice.FenceAsync();
        Assert.Equal(position, SnapshotReceived.TakeFrom(received).Position);
        var receipt = Assert.Single(received);
        Assert.Equal((9, Wire.Receipt, position.Offset), (receipt.Uid, receipt.Command, LogEvent.OffsetOf(receipt)));

        store.Deliver("room", RoomEvent.Announcement("tea"u8.ToArray()) with { Offset = position.Offset + 1, Check = 78, Time = 1235 });
        var said = LogEvent.Of(Assert.Single(await alice.FenceAsync()));
        Assert.Equal((position.Offset + 1, 1235, 78UL), (said.Offset, said.Time, said.Check));
    }

    [Fact]
    public async Task A_conflict_is_returned_to_the_handler()
    {
        await using var server = await StartAsync(static b => b.AddCommand(Shout, static async context =>
        {
            var stale = new AppendCondition { After = new RoomPosition(1, 2, 3) };
            var result = await context.BroadcastAsync(Shout, condition: stale);
            Assert.Equal(AppendStatus.Conflict, result.Status);
            context.ReplyError((PacketErrorCode)(-1000), "Too late.");
        }));
        await using var alice = await JoinAsync(server, "alice");
        Assert.Equal(-1000, (await alice.ReplyAsync(Shout)).P1);
    }

    [Fact]
    public async Task Outside_a_room_nothing_is_appended()
    {
        await using var server = await StartAsync(static b => b.AddCommand(Shout, static async context =>
            Assert.Equal(AppendStatus.Closed, (await context.BroadcastAsync(Shout)).Status)));
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal(Wire.ErrorNotInRoom, (await alice.ReplyAsync(Shout)).P1);
        Assert.Equal(Wire.ErrorNotInRoom, (await alice.ReplyAsync(Wire.NewMsg, "x")).P1);
    }

    private static Packet ReceiptOf(int uid, LogEvent logEvent)
    {
        var data = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(data, logEvent.Time);
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(8), logEvent.Check);
        return new Packet(uid, Wire.Receipt, (int)logEvent.Offset, (int)(logEvent.Offset >> 32), data);
    }
}
