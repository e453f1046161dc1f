using TPacket.Client.Requests;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Client.Tests.Requests;

/// <summary>Receipts of packets that the server appends to the room's log (docs/protocol.md, Receipts).</summary>
public class ReceiptTests
{
    [Fact]
    public async Task SendAsync_completes_with_the_receipt_and_the_position_of_the_event()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        var sending = client.SendAsync("hello");
        var request = await session.ReadAsync((int)PacketCommand.NewMsg, "hello");
        await session.SaysAtAsync(4294967306, 0x1000, "hello");
        await recorder.RecordsAsync("alice: hello");
        Assert.False(sending.IsCompleted);
        var uid = request.Uid;
        // RECEIPT, 40 bytes, offset 10 + 1 * 2^32; time and check.
        await session.SendAsync(
            [0x45, 0x6A, 0x38, 0x40, (byte)uid, (byte)(uid >> 8), 0, 0, 0x28, 0, 0, 0, 0x11, 0, 0, 0, 0x0A, 0, 0, 0, 1, 0, 0, 0,
                0xFA, 0x26, 0x2D, 0x27, 0xA2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);

        Assert.Equal(new Receipt(uid) { Offset = 4294967306, Time = new DateTimeOffset(2026, 11, 29, 12, 0, 0, 250, TimeSpan.Zero) }, await sending);
        Assert.Equal("4294967306 4294967306s alice: hello", Assert.Single(recorder.Places));
    }

    [Fact]
    public async Task A_refusal_is_raised_and_thrown()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        foreach (var code in new[] { PacketErrorCode.MessageTooLong, PacketErrorCode.StoreFailed, PacketErrorCode.TooOld, PacketErrorCode.RateLimited })
        {
            var sending = client.SendAsync("hello");
            var request = await session.ReadAsync((int)PacketCommand.NewMsg, "hello");
            await session.RefuseAsync(request, code, "No.");

            var error = await Assert.ThrowsAsync<RequestRefusedException>(() => sending);
            Assert.Equal((code, "No.", request.Uid), (error.Code, error.Text, error.Uid));
            Assert.Equal($"refused {code}", recorder.Lines[^1]);
        }

        Assert.Equal("Ready lobby", ClientRecorder.Describe(client.State));
    }

    [Fact]
    public async Task A_packet_that_the_server_has_not_appended_has_a_receipt_without_a_position()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();

        var sending = client.AppendAsync(new Packet(300, 1, 2, "x"u8.ToArray()));
        var request = await session.ReadAsync(300, "x");
        await session.OkAsync(request);

        Assert.Equal(new Receipt(request.Uid), await sending);
    }

    [Fact]
    public async Task Without_receipts_a_message_is_awaited_until_it_is_queued_and_a_refusal_raises_SendRefused()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var recorder = new ClientRecorder(client);

        var receipt = await client.SendAsync("hello");
        var request = await session.ReadAsync((int)PacketCommand.NewMsg, "hello");
        Assert.Equal(new Receipt(request.Uid), receipt);
        await session.RefuseAsync(request, PacketErrorCode.MessageTooLong);

        await recorder.RecordsAsync("refused MessageTooLong");
    }

    [Fact]
    public async Task A_server_that_accepts_all_commands_and_ignores_receipts_sends_none()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, _) = await server.EnterAsync();

        Assert.Null((await client.SendAsync("hello")).Offset);
    }

    [Fact]
    public async Task A_server_that_refuses_only_receipts_sends_none()
    {
        await using var server = new FakeServer { Follows = true, AsksForSessions = false };
        var client = server.Client(options => options.KeepSession = false);
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = await server.SignInAsync(asksToFollow: false);
        await session.RefuseAsync(await session.ReadAsync((int)PacketCommand.AcceptCommands), PacketErrorCode.Refused);
        await session.OkAsync(await session.ReadAsync((int)PacketCommand.AcceptCommands));
        await session.LetFollowAsync();
        await connecting;

        Assert.Null((await client.SendAsync("hello")).Offset);
    }

    [Fact]
    public async Task At_most_128_messages_without_receipts_are_sent_in_order_with_rising_uids()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();

        var sending = Enumerable.Range(0, 200).Select(i => client.SendAsync($"{i}")).ToArray();
        var requests = new List<PacketHeader>();
        for (var i = 0; i < 128; i++)
            requests.Add(await session.ReadAsync((int)PacketCommand.NewMsg, $"{i}"));
        // Another packet is not queued, and shows that no 129th packet came before it.
        await client.SendAsync(new Packet(300));
        await session.ReadAsync(300);
        for (var i = 0; i < 200; i++)
        {
            await session.ReceiptAsync(requests[i], 10 + i);
            if (requests.Count < 200)
                requests.Add(await session.ReadAsync((int)PacketCommand.NewMsg, $"{requests.Count}"));
        }

        var receipts = await Task.WhenAll(sending);
        Assert.Equal(Enumerable.Range(10, 200), receipts.Select(receipt => (int)receipt.Offset!.Value));
        Assert.Equal(requests.Select(request => request.Uid).Order(), requests.Select(request => request.Uid));
        Assert.Equal(requests.Select(request => request.Uid), receipts.Select(receipt => receipt.Uid));
    }

    [Fact]
    public async Task A_message_that_times_out_or_is_cancelled_in_the_queue_is_not_sent()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync(options =>
        {
            options.WebSocket = new WebSocketClientOptions { TimeProvider = time };
            options.MaxPendingRequests = 2;
        });
        using var cancellation = new CancellationTokenSource();
        var timers = time.Timers.All.Length;
        var sent = Enumerable.Range(0, AppendQueue.Capacity).Select(i => client.AppendAsync(new Packet(300, i))).ToArray();
        var cancelled = client.SendAsync("cancelled", cancellation.Token);
        var late = client.SendAsync("late");
        var beyond = await Assert.ThrowsAsync<TPacketClientException>(() => client.SendAsync("beyond"));
        Assert.Contains("nothing is sent", beyond.Message, StringComparison.Ordinal);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await time.Timers.NthAsync(timers + AppendQueue.Capacity + 2, _ => true);
        time.Advance(TimeSpan.FromSeconds(10));
        var error = await Assert.ThrowsAsync<TPacketClientException>(() => late);
        Assert.Contains("nothing is sent", error.Message, StringComparison.Ordinal);
        foreach (var waiting in sent)
            await Assert.ThrowsAsync<RequestTimeoutException>(() => waiting);

        // The packets still count: the server may still answer.
        for (var i = 0; i < AppendQueue.Capacity; i++)
            await session.ReceiptAsync(await session.ReadAsync(300), 10 + i);
        var next = client.SendAsync("next");
        await session.ReceiptAsync(await session.ReadAsync((int)PacketCommand.NewMsg, "next"), 500);
        Assert.Equal(500, (await next).Offset);
    }

    [Fact]
    public async Task A_packet_of_unknown_outcome_is_sent_again_before_any_later_packet()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync(options => options.WebSocket = new WebSocketClientOptions { TimeProvider = time });
        var recorder = new ClientRecorder(client);
        var pause = TimeSpan.FromMilliseconds(500);
        var (one, two, three) = (client.SendAsync("one"), client.SendAsync("two"), client.AppendAsync(new Packet(300, 3, 4)));
        var (first, second, third) = (await session.ReceiveAsync(), await session.ReceiveAsync(), await session.ReceiveAsync());

        // The store does not answer the first packet, so the server refuses the others. The client does not send a fourth one.
        foreach (var packet in new[] { first, second, third })
            await session.RefuseAsync(Header(packet), PacketErrorCode.Unknown);
        await time.Timers.NthAsync(1, timer => timer == pause);
        var four = client.SendAsync("four");
        time.Advance(pause);
        Assert.Equal(first, await session.ReceiveAsync());
        // The second repetition succeeds.
        await session.RefuseAsync(Header(first), PacketErrorCode.Unknown);
        await time.Timers.NthAsync(2, timer => timer == pause);
        time.Advance(pause);
        Assert.Equal(first, await session.ReceiveAsync());
        await session.ReceiptAsync(Header(first), 10);
        Assert.Equal(10, (await one).Offset);
        Assert.Equal(second, await session.ReceiveAsync());
        await session.RefuseAsync(Header(second), PacketErrorCode.StoreFailed);
        Assert.Equal(third, await session.ReceiveAsync());
        await session.ReceiptAsync(Header(third), 11);
        Assert.Equal(11, (await three).Offset);
        await session.ReceiptAsync(await session.ReadAsync((int)PacketCommand.NewMsg, "four"), 12);

        Assert.Equal(12, (await four).Offset);
        Assert.Equal(PacketErrorCode.StoreFailed, (await Assert.ThrowsAsync<RequestRefusedException>(() => two)).Code);
        Assert.Equal(["refused StoreFailed"], recorder.Lines);
        Assert.Equal(2, time.Timers.All.Count(timer => timer == pause));
    }

    [Fact]
    public async Task A_packet_of_unknown_outcome_that_is_refused_for_its_rate_is_sent_again_with_growing_delays_before_any_later_packet()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync(options =>
        {
            options.WebSocket = new WebSocketClientOptions { TimeProvider = time };
            options.Timeout = TimeSpan.FromMinutes(5);
        });
        var recorder = new ClientRecorder(client);
        var one = client.SendAsync("one");
        var first = await session.ReceiveAsync();
        await RefuseAsync(Header(first), PacketErrorCode.Unknown, 500);
        Assert.Equal(first, await session.ReceiveAsync());
        var two = client.SendAsync("two");
        foreach (var milliseconds in new[] { 500, 1000, 2000, 4000, 8000, 8000 })
        {
            await RefuseAsync(Header(first), PacketErrorCode.RateLimited, milliseconds);
            Assert.Equal(first, await session.ReceiveAsync());
        }

        Assert.False(one.IsCompleted);
        await session.ReceiptAsync(Header(first), 10);
        Assert.Equal(10, (await one).Offset);
        // A packet that was sent once was not appended, so the refusal is its answer.
        await session.RefuseAsync(await session.ReadAsync((int)PacketCommand.NewMsg, "two"), PacketErrorCode.RateLimited);
        Assert.Equal(PacketErrorCode.RateLimited, (await Assert.ThrowsAsync<RequestRefusedException>(() => two)).Code);
        Assert.Equal(["refused RateLimited"], recorder.Lines);

        // The next packet in doubt starts with the shortest pause.
        var three = client.SendAsync("three");
        var third = await session.ReadAsync((int)PacketCommand.NewMsg, "three");
        await RefuseAsync(third, PacketErrorCode.Unknown, 500);
        await session.ReadAsync((int)PacketCommand.NewMsg, "three");
        await RefuseAsync(third, PacketErrorCode.RateLimited, 500);
        await session.ReadAsync((int)PacketCommand.NewMsg, "three");
        await session.ReceiptAsync(third, 11);
        Assert.Equal(11, (await three).Offset);

        async Task RefuseAsync(PacketHeader packet, PacketErrorCode code, int milliseconds)
        {
            var pause = TimeSpan.FromMilliseconds(milliseconds);
            var count = time.Timers.All.Count(timer => timer == pause);
            await session.RefuseAsync(packet, code, "Not now.");
            await time.Timers.NthAsync(count + 1, timer => timer == pause);
            time.Advance(pause);
        }
    }

    [Fact]
    public async Task A_late_refusal_of_the_first_sending_does_not_answer_the_repeated_one()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync(options => options.WebSocket = new WebSocketClientOptions { TimeProvider = time });
        var recorder = new ClientRecorder(client);
        var pause = TimeSpan.FromMilliseconds(500);
        var (one, two) = (client.SendAsync("one"), client.SendAsync("two"));
        var (first, second) = (await session.ReceiveAsync(), await session.ReceiveAsync());
        await session.RefuseAsync(Header(first), PacketErrorCode.Unknown);
        await time.Timers.NthAsync(1, timer => timer == pause);
        time.Advance(pause);
        Assert.Equal(first, await session.ReceiveAsync());
        await session.ReceiptAsync(Header(first), 10);
        Assert.Equal(10, (await one).Offset);
        // The second packet has no answer yet, and is sent again.
        Assert.Equal(second, await session.ReceiveAsync());
        await session.RefuseAsync(Header(second), PacketErrorCode.RateLimited);
        await time.Timers.NthAsync(2, timer => timer == pause);
        await session.ReceiptAsync(Header(second), 11);
        Assert.Equal(11, (await two).Offset);

        // The pause has ended with the answer: what comes next does not wait for it, and nothing is sent a third time.
        var three = client.SendAsync("three");
        await session.ReceiptAsync(await session.ReadAsync((int)PacketCommand.NewMsg, "three"), 12);
        Assert.Equal(12, (await three).Offset);
        Assert.Empty(recorder.Lines);
    }

    [Fact]
    public async Task A_second_receipt_is_ignored()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        var sending = client.SendAsync("hello");
        var request = await session.ReadAsync((int)PacketCommand.NewMsg, "hello");

        await session.ReceiptAsync(request, 10);
        await session.ReceiptAsync(request, 10);
        await session.SaysAtAsync(11, 0x1000, "next");

        Assert.Equal(10, (await sending).Offset);
        await recorder.RecordsAsync("alice: next");
        Assert.Equal(["alice: next"], recorder.Lines);
    }

    [Fact]
    public async Task The_end_of_the_connection_fails_waiting_sends_and_says_whether_they_were_sent()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync(options => options.Reconnect = ReconnectOptions.Never);
        var sent = Enumerable.Range(0, AppendQueue.Capacity).Select(i => client.SendAsync($"{i}")).ToArray();
        var unsent = client.SendAsync("unsent");
        for (var i = 0; i < AppendQueue.Capacity; i++)
            await session.ReadAsync((int)PacketCommand.NewMsg, $"{i}");

        session.Cut();

        foreach (var sending in sent)
            Assert.Equal("Closed Lost", ClientRecorder.Describe((await Assert.ThrowsAsync<RequestLostException>(() => sending)).State));
        var error = await Assert.ThrowsAsync<TPacketClientException>(() => unsent);
        Assert.Contains("nothing is sent", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uids_continue_to_rise_after_a_reconnect()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        var lost = client.SendAsync("lost");
        var before = await session.ReadAsync((int)PacketCommand.NewMsg, "lost");

        session.Cut();
        await Assert.ThrowsAsync<RequestLostException>(() => lost);
        session = await server.SignInAsync();
        await session.LetFollowAsync();
        await recorder.RecordsAsync("Ready lobby");
        var sending = client.SendAsync("back");
        var after = await session.ReadAsync((int)PacketCommand.NewMsg, "back");
        await session.ReceiptAsync(after, 10);

        Assert.Equal(10, (await sending).Offset);
        Assert.True(after.Uid > before.Uid);
    }

    [Fact]
    public async Task A_message_that_is_sent_as_a_packet_keeps_its_order_without_waiting()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        var uid = await client.SendAsync(new Packet((int)PacketCommand.NewMsg, "hello"));
        var request = await session.ReadAsync((int)PacketCommand.NewMsg, "hello");
        await session.RefuseAsync(request, PacketErrorCode.NotInRoom);

        Assert.Equal(request.Uid, uid);
        await recorder.RecordsAsync("refused NotInRoom");
    }

    private static PacketHeader Header(byte[] message)
    {
        Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(message, out var header, out _));
        return header;
    }
}
