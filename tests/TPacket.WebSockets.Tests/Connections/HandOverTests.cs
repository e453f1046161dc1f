namespace TPacket.WebSockets.Tests;

/// <summary>A queue that has got something in the batch of another loop than its connection's.</summary>
public class HandOverTests : ConnectionTests
{
    [Fact]
    public void What_batches_of_other_threads_have_brought_leaves_in_one_write()
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
    public void A_close_leaves_behind_what_was_handed_over()
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
    public void What_was_handed_over_still_has_the_bounds_of_the_queue()
    {
        Open(WebSocketOptions.Default with { OutboundQueueMessages = 2 });
        Transport.Loop = [];
        Transport.Room = 0;

        InBatch(() =>
        {
            Assert.True(Connection.Send(MessageType.Text, "a"u8));
            Assert.True(Connection.Send(MessageType.Text, "b"u8));
            // Written before it is judged; the peer takes nothing.
            Assert.False(Connection.Send(MessageType.Text, "c"u8));
        });

        ExpectEnd(EndCause.SlowConsumer, CloseStatus.TryAgainLater, new IOException("reset"));
    }

    [Fact]
    public void A_flush_that_comes_after_the_end_writes_nothing()
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
