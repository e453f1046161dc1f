namespace TPacket.WebSockets.Tests;

/// <summary>A large message is written from the caller's memory if no data waits before it.</summary>
public class WriteThroughTests : ConnectionTests
{
    private const int HeaderLength = 4;
    private const int Length = 5000;

    private readonly byte[] _payload = [.. Enumerable.Range(0, Length).Select(static i => (byte)i)];

    [Fact]
    public void A_large_message_is_written_within_the_batch_in_one_write()
    {
        Open();

        InBatch(() =>
        {
            Connection.Send(MessageType.Binary, _payload);
            Assert.Equal(ServerFrames.Binary(_payload), Assert.Single(Transport.Writes));
        });

        Assert.Single(Transport.Writes);
    }

    [Fact]
    public void A_large_message_is_written_after_earlier_messages()
    {
        Open();

        InBatch(() =>
        {
            Connection.Send(MessageType.Binary, [1]);
            Connection.Send(MessageType.Binary, _payload);
            Connection.Send(MessageType.Binary, [2]);
        });

        Assert.Equal([.. ServerFrames.Binary([1]), .. ServerFrames.Binary(_payload), .. ServerFrames.Binary([2])], Transport.Sent);
        Assert.Equal(0, Transport.WritesOfTwoParts);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Both_parts_of_a_large_message_are_written(int headLength, bool fromWhereItLies)
    {
        Open();
        Connection.Send(_payload.AsSpan(0, headLength), _payload.AsSpan(headLength));
        Assert.Equal(ServerFrames.Binary(_payload), Assert.Single(Transport.Writes));
        Assert.Equal(fromWhereItLies ? 1 : 0, Transport.WritesOfTwoParts);
    }

    [Fact]
    public void The_rest_of_a_large_message_follows_wherever_the_socket_stops()
    {
        int[] rooms = [0, 1, HeaderLength - 1, HeaderLength, HeaderLength + 1, HeaderLength + 24, Length, Length + HeaderLength - 1, Length + HeaderLength];
        Open();
        foreach (var room in rooms)
        {
            Transport.ClearSent();
            Transport.Room = room;
            Assert.True(Connection.Send(_payload.AsSpan(0, 24), _payload.AsSpan(24)));
            // The caller may reuse its memory.
            var sent = _payload.ToArray();
            Array.Clear(_payload);
            Transport.Drain();
            sent.CopyTo(_payload, 0);
            Assert.Equal(ServerFrames.Binary(sent), Transport.Sent);
        }
    }

    [Fact]
    public void Sent_messages_do_not_count_towards_the_bounds_and_waiting_ones_do()
    {
        Open(WebSocketOptions.Default with { OutboundQueueBytes = 2 * (Length + HeaderLength), OutboundQueueMessages = 2 });
        for (var i = 0; i < 3; i++)
            Assert.Equal(SendStatus.Queued, Connection.TrySend(MessageType.Binary, _payload));
        Transport.Room = Length;

        Assert.Equal(SendStatus.Queued, Connection.TrySend(MessageType.Binary, _payload));
        Assert.Equal(SendStatus.Queued, Connection.TrySend(MessageType.Binary, [1]));
        Assert.Equal(SendStatus.Full, Connection.TrySend(MessageType.Binary, [1]));
        Transport.Drain();
        Assert.Equal(SendStatus.Queued, Connection.TrySend(MessageType.Binary, [1]));
    }

    [Fact]
    public void A_large_message_may_be_compressed()
    {
        OpenCompressed(WebSocketOptions.Default);
        // Compresses to half its length.
        new Random(1).NextBytes(_payload);
        var text = System.Text.Encoding.ASCII.GetBytes(Hex.Of(_payload));

        Connection.Send(MessageType.Text, text);

        Assert.Equal(1, Transport.WritesOfTwoParts);
        var sent = Assert.Single(Transport.Writes);
        Assert.InRange(sent.Length, 4096, text.Length - 1);
        using var peer = new DeflatingPeer(takeover: false, DeflateOptions.MaxWindowBits);
        Assert.Equal(text, peer.Inflate(Assert.Single(WireFrame.Decode(sent, masked: false))));
    }

    [Fact]
    public void A_large_message_to_a_closed_transport_ends_the_connection()
    {
        Open();
        Transport.SendFails = true;
        Connection.Send(MessageType.Binary, _payload);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.TransportFailed);
    }

    [Fact]
    public void A_compressed_message_to_a_closed_transport_ends_the_connection()
    {
        OpenCompressed(WebSocketOptions.Default with { OutboundQueueMessages = 1 });
        InBatch(() =>
        {
            Assert.True(Connection.Send(MessageType.Text, "aaaaaaaa"u8));
            Transport.SendFails = true;
            // Full, so that waiting data is written first.
            Assert.False(Connection.Send(MessageType.Text, "bbbbbbbb"u8));
        });
        ExpectEnd(EndCause.TransportFailed);
    }

    private void OpenCompressed(WebSocketOptions options)
    {
        Accept(options with { Compression = DeflateOptions.Default with { MinimumLength = 0 } });
        Transport.Receive(Requests.Bytes(Requests.WithLines("Sec-WebSocket-Extensions: permessage-deflate")));
        Assert.Contains("permessage-deflate", SentText, StringComparison.Ordinal);
        Transport.ClearSent();
    }
}
