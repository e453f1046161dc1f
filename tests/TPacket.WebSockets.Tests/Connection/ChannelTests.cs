using System.Text;
using TPacket.Transports.Buffers;

namespace TPacket.WebSockets.Tests;

/// <summary>A <see cref="WebSocketChannel"/> of a server on a scripted transport.</summary>
public sealed class ChannelTests : IDisposable
{
    private readonly long _outstanding = BufferPool.Outstanding;
    private readonly Heartbeat _heartbeat = new(TimeProvider.System, TimeSpan.FromHours(1));
    private readonly ScriptedTransport _transport = new();

    public void Dispose()
    {
        _heartbeat.Dispose();
        Assert.Empty(_transport.Misuse);
        Assert.Equal(_outstanding, BufferPool.Outstanding);
    }

    [Fact]
    public async Task Messages_are_buffered_and_received_in_order()
    {
        await using var channel = await AcceptAsync();
        _transport.Receive(ClientFrames.Text("one"), ClientFrames.Binary(2), ClientFrames.Binary());

        foreach (var expected in new[] { "Text 6f6e65", "Binary 02", "Binary " })
            Assert.Equal(expected, await ReceiveAsync(channel));
        EndOnClose(channel);
    }

    [Fact]
    public async Task A_receive_waits_for_its_message()
    {
        await using var channel = await AcceptAsync();
        var receiving = ReceiveAsync(channel);
        Assert.False(receiving.IsCompleted);
        _transport.Receive(ClientFrames.Text("hello"));
        Assert.Equal("Text 68656c6c6f", await receiving.WaitAsync(Deadline));
        EndOnClose(channel);
    }

    [Fact]
    public async Task A_cancelled_receive_loses_no_message()
    {
        await using var channel = await AcceptAsync();
        using var giveUp = new CancellationTokenSource();
        var receiving = channel.ReceiveAsync(giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);

        _transport.Receive(ClientFrames.Text("still here"));
        Assert.Equal("Text " + Hex.Of("still here"u8), await ReceiveAsync(channel));
        Assert.True(channel.Connection.IsOpen);
        EndOnClose(channel);
    }

    [Fact]
    public async Task A_second_concurrent_receive_throws()
    {
        await using var channel = await AcceptAsync();
        var first = ReceiveAsync(channel);
        await Assert.ThrowsAsync<InvalidOperationException>(() => channel.ReceiveAsync().AsTask());
        _transport.Receive(ClientFrames.Binary(1));
        Assert.Equal("Binary 01", await first);
        EndOnClose(channel);
    }

    [Fact]
    public async Task A_closed_channel_returns_null_after_its_last_message()
    {
        await using var channel = await AcceptAsync();
        _transport.Receive(ClientFrames.Binary(1), ClientFrames.Close(0x03, 0xE8));
        _transport.End();

        Assert.Equal("Binary 01", await ReceiveAsync(channel));
        Assert.Null(await channel.ReceiveAsync());
        Assert.Null(await channel.ReceiveAsync());
        var end = await channel.Ended;
        Assert.Equal((EndCause.ClosedByPeer, CloseStatus.NormalClosure), (end.Cause, end.Status));
    }

    [Fact]
    public async Task A_waiting_receive_ends_with_the_connection()
    {
        await using var channel = await AcceptAsync();
        var receiving = channel.ReceiveAsync().AsTask();
        channel.Abort();
        _transport.End();

        var error = await Assert.ThrowsAsync<WebSocketEndedException>(() => receiving.WaitAsync(Deadline));
        Assert.Equal(EndCause.Aborted, error.End.Cause);
        await Assert.ThrowsAsync<WebSocketEndedException>(() => channel.SendAsync(MessageType.Text, Array.Empty<byte>()).AsTask());
    }

    [Fact]
    public async Task A_full_inbound_queue_stops_reading_from_the_peer()
    {
        await using var channel = await AcceptAsync(WebSocketOptions.Default with { InboundQueueBytes = 300 });
        var sent = 0;
        while (!_transport.Paused)
            _transport.Receive(ClientFrames.Binary((byte)sent++, 0, 0));
        // Each message counts 67 bytes, including the cost of a message: the fifth reaches the bound.
        Assert.Equal(5, sent);

        Assert.Equal("Binary 000000", await ReceiveAsync(channel));
        await _transport.Resumed.WaitAsync(Deadline);
        for (var i = 1; i < sent; i++)
            Assert.Equal($"Binary {i:x2}0000", await ReceiveAsync(channel));
        EndOnClose(channel);
    }

    [Fact]
    public async Task Empty_messages_fill_the_inbound_queue_too()
    {
        await using var channel = await AcceptAsync(WebSocketOptions.Default with { InboundQueueBytes = 300 });
        for (var i = 0; i < 5; i++)
            _transport.Receive(ClientFrames.Binary());
        Assert.True(_transport.Paused);
        EndOnClose(channel);
        await channel.DisposeAsync();
    }

    [Fact]
    public async Task A_send_waits_for_a_slow_peer()
    {
        await using var channel = await AcceptAsync(WebSocketOptions.Default with { OutboundQueueBytes = 100 });
        _transport.ClearSent();
        _transport.Room = 0;
        var payload = new byte[58];
        await channel.SendAsync(MessageType.Binary, payload);
        var waiting = channel.SendAsync(MessageType.Binary, payload).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.True(channel.Connection.IsOpen);

        _transport.Drain();
        await waiting.WaitAsync(Deadline);
        Assert.Equal(2, ServerFrames.Decode(_transport.Sent).Length);
        EndOnClose(channel);
    }

    [Fact]
    public async Task A_cancelled_send_sends_nothing()
    {
        await using var channel = await AcceptAsync(WebSocketOptions.Default with { OutboundQueueBytes = 100 });
        _transport.ClearSent();
        _transport.Room = 0;
        await channel.SendAsync(MessageType.Binary, new byte[58]);
        using var giveUp = new CancellationTokenSource();
        var waiting = channel.SendAsync(MessageType.Binary, new byte[58], giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => channel.SendAsync(MessageType.Binary, new byte[1], giveUp.Token).AsTask());

        _transport.Drain();
        Assert.Single(ServerFrames.Decode(_transport.Sent));
        EndOnClose(channel);
    }

    [Fact]
    public async Task A_waiting_send_ends_with_the_connection()
    {
        await using var channel = await AcceptAsync(WebSocketOptions.Default with { OutboundQueueBytes = 100 });
        _transport.Room = 0;
        await channel.SendAsync(MessageType.Binary, new byte[58]);
        var waiting = channel.SendAsync(MessageType.Binary, new byte[58]).AsTask();
        _transport.End(new IOException("reset"));
        await Assert.ThrowsAsync<WebSocketEndedException>(() => waiting.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Closing_drops_unreceived_messages_and_waits_for_the_end()
    {
        await using var channel = await AcceptAsync(WebSocketOptions.Default with { InboundQueueBytes = 1 });
        _transport.ClearSent();
        _transport.Receive(ClientFrames.Binary(1));
        Assert.True(_transport.Paused);

        var closing = channel.CloseAsync(CloseStatus.GoingAway, "later").AsTask();
        await _transport.Resumed.WaitAsync(Deadline);
        Assert.Equal(["Close 03e96c61746572"], ServerFrames.Decode(_transport.Sent));
        _transport.Receive(ClientFrames.Binary(2), ClientFrames.Close(0x03, 0xE9));
        _transport.End();
        var end = await closing.WaitAsync(Deadline);
        Assert.Equal((EndCause.ClosedHere, CloseStatus.GoingAway), (end.Cause, end.Status));
    }

    [Fact]
    public async Task Accepting_throws_when_the_request_is_rejected()
    {
        var accepting = WebSocketChannel.AcceptAsync(
            _transport, WebSocketOptions.Default, _heartbeat, static _ => new(UpgradeDecision.Refuse(new HttpRefusal(403, "No.")))).AsTask();
        _transport.Receive(Requests.Bytes(Requests.Plain));
        _transport.End(new IOException());
        var error = await Assert.ThrowsAsync<WebSocketEndedException>(() => accepting.WaitAsync(Deadline));
        Assert.Equal(EndCause.HandshakeRefused, error.End.Cause);
        Assert.Contains("403", Encoding.ASCII.GetString(_transport.Sent), StringComparison.Ordinal);
    }

    private static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(20);

    private async Task<WebSocketChannel> AcceptAsync(WebSocketOptions? options = null)
    {
        var accepting = WebSocketChannel.AcceptAsync(_transport, options ?? WebSocketOptions.Default, _heartbeat).AsTask();
        Assert.False(accepting.IsCompleted);
        _transport.Receive(Requests.Bytes(Requests.Plain));
        return await accepting.WaitAsync(Deadline);
    }

    private static async Task<string?> ReceiveAsync(WebSocketChannel channel) =>
        await channel.ReceiveAsync().AsTask().WaitAsync(Deadline) is { } message ? $"{message.Type} {Hex.Of(message.Payload.Span)}" : null;

    /// <summary>Ends the transport, for which the channel's disposal waits.</summary>
    private void EndOnClose(WebSocketChannel channel)
    {
        channel.Abort();
        _transport.End();
    }
}
