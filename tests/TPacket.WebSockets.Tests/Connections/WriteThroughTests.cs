namespace TPacket.WebSockets.Tests;

/// <summary>A large message that nothing waits before is written from where it lies.</summary>
public class WriteThroughTests : ConnectionTests
{
    private const int HeaderLength = 4;
    private const int Length = 5000;

    private readonly byte[] _payload = [.. Enumerable.Range(0, Length).Select(static i => (byte)i)];

    [Fact]
    public void It_leaves_within_the_batch_in_one_write()
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
    public void It_stays_behind_what_was_queued_before_it()
    {
        Open();

        InBatch(() =>
        {
            Connection.Send(MessageType.Binary, [1]);
            Connection.Send(MessageType.Binary, _payload);
            Connection.Send(MessageType.Binary, [2]);
        });

        Assert.Equal([.. ServerFrames.Binary([1]), .. ServerFrames.Binary(_payload), .. ServerFrames.Binary([2])], Transport.Sent);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(24)]
    [InlineData(64)]
    [InlineData(65)]
    public void Its_head_is_a_part_of_it(int headLength)
    {
        Open();
        Connection.Send(_payload.AsSpan(0, headLength), _payload.AsSpan(headLength));
        Assert.Equal(ServerFrames.Binary(_payload), Assert.Single(Transport.Writes));
    }

    [Fact]
    public void What_the_socket_does_not_take_follows_wherever_it_stops()
    {
        int[] rooms = [0, 1, HeaderLength - 1, HeaderLength, HeaderLength + 1, HeaderLength + 24, Length, Length + HeaderLength - 1, Length + HeaderLength];
        Open();
        foreach (var room in rooms)
        {
            Transport.ForgetSent();
            Transport.Room = room;
            Assert.True(Connection.Send(_payload.AsSpan(0, 24), _payload.AsSpan(24)));
            // The caller's memory is the caller's again.
            var sent = _payload.ToArray();
            Array.Clear(_payload);
            Transport.Drain();
            sent.CopyTo(_payload, 0);
            Assert.Equal(ServerFrames.Binary(sent), Transport.Sent);
        }
    }

    [Fact]
    public void What_was_sent_does_not_count_for_the_bounds_and_what_waits_does()
    {
        Open(WebSocketOptions.Default with { OutboundQueueBytes = Length + HeaderLength, OutboundQueueMessages = 1 });
        for (var i = 0; i < 3; i++)
            Assert.Equal(SendStatus.Queued, Connection.TrySend(MessageType.Binary, _payload));
        Transport.Room = Length;

        Assert.Equal(SendStatus.Queued, Connection.TrySend(MessageType.Binary, _payload));
        Assert.Equal(SendStatus.Full, Connection.TrySend(MessageType.Binary, [1]));
        Transport.Drain();
        Assert.Equal(SendStatus.Queued, Connection.TrySend(MessageType.Binary, [1]));
    }

    [Fact]
    public void A_connection_that_is_gone_ends()
    {
        Open();
        Transport.SendFails = true;
        Connection.Send(MessageType.Binary, _payload);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.TransportFailed);
    }
}
