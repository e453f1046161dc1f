using TPacket.Client.Requests;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Client.Tests.Requests;

/// <summary>Packets without an answer outlive a connection that drops (docs/protocol.md, Receipts and Sessions).</summary>
public class KeptPacketsTests
{
    [Fact]
    public async Task Packets_without_an_answer_are_sent_again_under_their_uids_in_order_and_before_new_ones()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        var (one, two, three) = (client.SendAsync("one"), client.SendAsync("two"), client.AppendAsync(new Packet(300, 3, 4)));
        var (first, second, third) = (await session.ReceiveAsync(), await session.ReceiveAsync(), await session.ReceiveAsync());
        await session.ReceiptAsync(FakeSession.Header(first), 10);
        Assert.Equal(10, (await one).Offset);

        session.Cut();
        Task<Receipt>? four = null;
        client.StateChanged += state => four ??= state.Phase == ClientPhase.Ready ? client.SendAsync("four") : null;
        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 0);
        await session.SaysAtAsync(11, 0x1000, "two");
        await session.PassFenceAsync();
        Assert.Equal(second, await session.ReceiveAsync());
        Assert.Equal(third, await session.ReceiveAsync());
        var fourth = await session.ReadAsync((int)PacketCommand.NewMsg, "four");
        Assert.True(fourth.Uid > FakeSession.Header(third).Uid);
        await session.ReceiptAsync(FakeSession.Header(second), 11);
        await session.ReceiptAsync(FakeSession.Header(third), 12);
        await session.ReceiptAsync(fourth, 13);

        Assert.Equal((11, 12, 13), ((await two).Offset, (await three).Offset, (await four!).Offset));
        Assert.DoesNotContain(recorder.Lines, line => line.StartsWith("refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Packets_that_wait_for_space_are_kept_too_and_can_be_cancelled()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        using var cancellation = new CancellationTokenSource();
        var sent = Enumerable.Range(0, AppendQueue.Capacity).Select(i => client.SendAsync($"{i}")).ToArray();
        var cancelled = client.SendAsync("cancelled", cancellation.Token);
        var kept = client.SendAsync("kept");
        var requests = new List<byte[]>();
        for (var i = 0; i < AppendQueue.Capacity; i++)
            requests.Add(await session.ReceiveAsync());

        session.Cut();
        session = await server.AcceptAsync();
        var resume = await session.ReadResumeAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await session.ResumeAsync(resume, 0);
        await session.PassFenceAsync();
        foreach (var request in requests)
            Assert.Equal(request, await session.ReceiveAsync());
        await recorder.RecordsAsync("Ready lobby Resumed");
        // Another packet is not queued, and shows that no 129th packet came before it.
        await client.SendAsync(new Packet(300));
        await session.ReadAsync(300);
        for (var i = 0; i < AppendQueue.Capacity; i++)
            await session.ReceiptAsync(FakeSession.Header(requests[i]), 10 + i);
        await session.ReceiptAsync(await session.ReadAsync((int)PacketCommand.NewMsg, "kept"), 500);

        Assert.Equal(Enumerable.Range(10, AppendQueue.Capacity), (await Task.WhenAll(sent)).Select(receipt => (int)receipt.Offset!));
        Assert.Equal(500, (await kept).Offset);
    }

    [Fact]
    public async Task The_time_without_a_connection_does_not_count()
    {
        var time = new WatchedTime();
        await using var server = Server();
        var (client, session) = await server.FollowAsync(options => Slow(options, time));
        var recorder = new ClientRecorder(client);
        var sending = client.SendAsync("hello");
        await session.ReceiveAsync();

        session.Cut();
        await recorder.RecordsAsync("Reconnecting 1 Lost");
        time.Advance(client.State.Delay);
        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 0);
        await session.PassFenceAsync();
        await recorder.RecordsAsync("Ready lobby Resumed");
        await session.ReceiptAsync(await session.ReadAsync((int)PacketCommand.NewMsg, "hello"), 10);

        Assert.Equal(10, (await sending).Offset);
    }

    [Fact]
    public async Task The_time_on_the_next_connection_counts()
    {
        var time = new WatchedTime();
        await using var server = Server();
        var (client, session) = await server.FollowAsync(options => Slow(options, time));
        var recorder = new ClientRecorder(client);
        var sending = client.SendAsync("hello");
        await session.ReceiveAsync();
        session.Cut();
        await recorder.RecordsAsync("Reconnecting 1 Lost");
        time.Advance(client.State.Delay);
        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 0);
        await session.PassFenceAsync();
        var again = await session.ReadAsync((int)PacketCommand.NewMsg, "hello");

        while (!sending.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<RequestTimeoutException>(() => sending);
        await session.ReceiptAsync(again, 10);
        var next = client.SendAsync("next");
        await session.ReceiptAsync(await session.ReadAsync((int)PacketCommand.NewMsg, "next"), 11);
        Assert.Equal(11, (await next).Offset);
    }

    [Fact]
    public async Task The_end_of_the_session_leaves_the_outcome_of_kept_packets_unknown()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        var sending = client.SendAsync("hello");
        await session.ReadAsync((int)PacketCommand.NewMsg, "hello");

        session.Cut();
        session = await server.AcceptAsync();
        var resume = await session.ReadResumeAsync();
        Assert.False(sending.IsCompleted);
        await session.RefuseAsync(FakeSession.Header(resume), PacketErrorCode.SessionUnknown);

        await Assert.ThrowsAsync<RequestLostException>(() => sending);
        await session.PassLevel2FenceAsync();
        await server.LetSignInAsync(session);
        await session.LetFollowAsync();
        await recorder.RecordsAsync("Ready lobby");
        var next = client.SendAsync("next");
        var request = await session.ReadAsync((int)PacketCommand.NewMsg, "next");
        await session.ReceiptAsync(request, 10);
        Assert.Equal(10, (await next).Offset);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Kept_packets_are_sent_to_no_other_room(int follows)
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        var sending = client.SendAsync("hello");
        await session.ReadAsync((int)PacketCommand.NewMsg, "hello");

        session.Cut();
        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), follows);
        if (follows == 1)
        {
            await session.BeginSnapshotAsync(3, "cellar");
            await session.UserComesAsync(0x1000, "alice");
            await session.EndSnapshotAsync();
        }

        await session.PassFenceAsync();

        await Assert.ThrowsAsync<RequestLostException>(() => sending);
        // The client is ready after this packet.
        await recorder.RecordsAsync(follows == 1 ? "Ready cellar Rejoined" : "Ready - Resumed");
        await client.SendAsync(new Packet(300));
        await session.ReadAsync(300);
    }

    [Fact]
    public async Task Closing_leaves_the_outcome_of_kept_packets_unknown()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync(options => options.Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromDays(1), MaxDelay = TimeSpan.FromDays(1) });
        var recorder = new ClientRecorder(client);
        var sending = client.SendAsync("hello");
        await session.ReadAsync((int)PacketCommand.NewMsg, "hello");
        session.Cut();
        await recorder.RecordsAsync("Reconnecting 1 Lost");

        await client.CloseAsync();

        Assert.Equal(ClientPhase.Closed, (await Assert.ThrowsAsync<RequestLostException>(() => sending)).State.Phase);
    }

    /// <summary>Sets a delay before the next attempt that is longer than the time for a receipt.</summary>
    private static void Slow(TPacketClientOptions options, WatchedTime time)
    {
        // Pings are off: the server does not answer them when the test advances the clock.
        options.WebSocket = new WebSocketClientOptions { TimeProvider = time, Connection = WebSocketOptions.Default with { PingAfterIdle = TimeSpan.FromDays(700) } };
        options.Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMinutes(1), MaxDelay = TimeSpan.FromMinutes(1) };
    }

    private static FakeServer Server() => new() { Follows = true, HasSessions = true };
}
