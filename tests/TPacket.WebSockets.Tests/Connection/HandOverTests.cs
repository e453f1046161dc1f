namespace TPacket.WebSockets.Tests;

/// <summary>A queue that hands its flush over from another thread's batch to the event loop of its connection.</summary>
public class HandOverTests : ConnectionTests
{
    [Fact]
    public void Messages_from_batches_of_other_threads_are_written_together()
    {
        Open();
        Transport.Loop = [];

        InBatch(() => Connection.Send(MessageType.Text, "a"u8));
        InBatch(() => Connection.Send(MessageType.Text, "b"u8));
        Connection.Send(MessageType.Text, "c"u8);

        Assert.Empty(Transport.Writes);
        var flush = Assert.Single(Transport.Loop);
        Transport.Loop = null;
        flush.Flush();
        Assert.Single(Transport.Writes);
        Assert.Equal(["Text 61", "Text 62", "Text 63"], SentFrames);
    }

    [Fact]
    public void A_close_frame_is_written_after_handed_over_messages()
    {
        Open();
        Transport.Loop = [];

        InBatch(() => Connection.Send(MessageType.Text, "a"u8));
        Connection.Close(CloseStatus.NormalClosure);

        var flush = Assert.Single(Transport.Loop);
        Transport.Loop = null;
        flush.Flush();
        Assert.Equal(["Text 61", "Close 03e8"], SentFrames);
    }

    [Fact]
    public void Handed_over_messages_count_towards_the_bounds()
    {
        Open(WebSocketOptions.Default with { OutboundQueueMessages = 2 });
        Transport.Loop = [];
        Transport.Room = 0;

        InBatch(() =>
        {
            Assert.True(Connection.Send(MessageType.Text, "a"u8));
            Assert.True(Connection.Send(MessageType.Text, "b"u8));
            // Written before the bounds are checked; the peer accepts nothing.
            Assert.False(Connection.Send(MessageType.Text, "c"u8));
        });

        ExpectEnd(EndCause.SlowConsumer, CloseStatus.TryAgainLater, new IOException("reset"));
    }

    [Fact]
    public void A_flush_after_the_end_writes_nothing()
    {
        Open();
        Transport.Loop = [];
        InBatch(() => Connection.Send(MessageType.Text, "a"u8));
        var flush = Assert.Single(Transport.Loop);
        Transport.Loop = null;

        End(new IOException("reset"));
        flush.Flush();

        Assert.Empty(Transport.Writes);
    }
}
