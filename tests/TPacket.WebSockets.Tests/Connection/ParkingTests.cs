namespace TPacket.WebSockets.Tests;

/// <summary>A handler with an incomplete task: input is parked, receiving is paused, and messages keep their order.</summary>
public class ParkingTests : ConnectionTests
{
    private readonly Queue<TaskCompletionSource> _pending = new();

    [Fact]
    public void Input_waits_for_an_incomplete_handler_and_receiving_pauses()
    {
        OpenWithSlowHandler();
        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Binary(2)]);

        Assert.True(Transport.Paused);
        Assert.Equal(["Binary 01"], Handler.Messages);
        CompleteNext();
        Assert.Equal(["Binary 01", "Binary 02"], Handler.Messages);
        CompleteNext();
        Assert.False(Transport.Paused);
    }

    [Fact]
    public void A_handler_that_completes_synchronously_pauses_nothing()
    {
        Open();
        Handler.Message = static (_, _) => new(Task.CompletedTask);
        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Binary(2)]);
        Assert.False(Transport.Paused);
        Assert.Equal(["Binary 01", "Binary 02"], Handler.Messages);
    }

    [Fact]
    public void Messages_keep_their_order_through_any_number_of_pauses()
    {
        OpenWithSlowHandler();
        Transport.Receive(Hex.Join([.. Enumerable.Range(1, 5).Select(static i => ClientFrames.Binary((byte)i))]));

        for (var i = 1; i <= 5; i++)
        {
            Assert.Equal(i, Handler.Messages.Count);
            Assert.True(Transport.Paused);
            CompleteNext();
        }

        Assert.False(Transport.Paused);
        Transport.Receive(ClientFrames.Binary(6));
        CompleteNext();
        Assert.Equal(["Binary 01", "Binary 02", "Binary 03", "Binary 04", "Binary 05", "Binary 06"], Handler.Messages);
    }

    [Fact]
    public void An_incomplete_frame_in_parked_input_is_completed_later()
    {
        var second = ClientFrames.Binary(1, 2, 3, 4);
        for (var cut = 0; cut < second.Length; cut++)
        {
            var transport = new ScriptedTransport();
            var handler = new ScriptedHandler();
            WebSocketConnection.Accept(transport, handler, WebSocketOptions.Default, Heartbeat);
            transport.Receive(Requests.Bytes(Requests.Plain));
            var pending = new TaskCompletionSource();
            handler.Message = (_, _) => new(pending.Task);

            transport.Receive([.. ClientFrames.Text("a"), .. second[..cut]]);
            Assert.True(transport.Paused);
            Complete(pending.SetResult);
            Assert.False(transport.Paused);
            Assert.Single(handler.Messages);
            transport.Receive(second[cut..]);

            Assert.Equal(["Text 61", "Binary 01020304"], handler.Messages);
            transport.End(new IOException());
        }
    }

    [Fact]
    public void Control_frames_wait_for_an_incomplete_handler_too()
    {
        OpenWithSlowHandler();
        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Ping(2), .. ClientFrames.Close(0x03, 0xE8)]);
        Assert.Empty(Transport.Sent);

        CompleteNext();

        Assert.Equal(["Pong 02", "Close 03e8"], SentFrames);
        ExpectReleaseAtEndOfInput();
        ExpectEnd(EndCause.ClosedByPeer, CloseStatus.NormalClosure);
    }

    [Fact]
    public void Answers_to_resumed_input_are_written_together()
    {
        OpenWithSlowHandler();
        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Ping(2), .. ClientFrames.Ping(3), .. ClientFrames.Ping(4)]);
        CompleteNext();
        Assert.Equal(["Pong 02", "Pong 03", "Pong 04"], ServerFrames.Decode(Assert.Single(Transport.Writes)));
    }

    [Fact]
    public void A_handler_may_send_while_its_input_is_parked()
    {
        OpenWithSlowHandler();
        Transport.Receive(ClientFrames.Binary(1));
        Assert.True(Connection.Send(MessageType.Text, "a"u8));
        Assert.Equal(["Text 61"], SentFrames);
        CompleteNext();
    }

    [Fact]
    public void A_close_by_this_side_drops_parked_messages_and_finds_the_peers_close_frame()
    {
        OpenWithSlowHandler();
        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Binary(2), .. ClientFrames.Close(0x03, 0xE9)]);
        Connection.Close(CloseStatus.NormalClosure);

        CompleteNext();

        Assert.Equal(["Binary 01"], Handler.Messages);
        Assert.Equal(["Close 03e8"], SentFrames);
        ExpectReleaseAtEndOfInput();
        ExpectEnd(EndCause.ClosedHere, CloseStatus.NormalClosure);
    }

    /// <summary>The socket was not read while input was parked. It may have more input, with which closing it would send a reset.</summary>
    private void ExpectReleaseAtEndOfInput()
    {
        Assert.Equal((1, 0), (Transport.ShutdownCalls, Transport.CloseCalls));
        Transport.EndInput();
        Assert.Equal(1, Transport.CloseCalls);
    }

    [Fact]
    public void A_violation_in_parked_input_is_found_when_the_handler_completes()
    {
        OpenWithSlowHandler();
        Transport.Receive([.. ClientFrames.Binary(1), 0xC2]);
        Assert.Empty(Transport.Sent);
        CompleteNext();
        Assert.StartsWith("Close 03ea", Assert.Single(SentFrames), StringComparison.Ordinal);
        Assert.False(Transport.Paused);
    }

    [Fact]
    public void A_connection_with_a_handler_that_never_completes_is_released_after_the_close_timeout()
    {
        OpenWithSlowHandler();
        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Binary(2)]);
        Connection.Close(CloseStatus.GoingAway);
        AdvanceSeconds(5);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.ClosedHere, CloseStatus.GoingAway);
        CompleteNext();
        Assert.Equal(["Binary 01"], Handler.Messages);
    }

    [Fact]
    public async Task Handler_tasks_that_complete_on_other_threads_keep_the_order()
    {
        const int Count = 500;
        Open();
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Handler.Message = async (_, payload) =>
        {
            await received.Task;
            await Task.Yield();
            Connection.Send(MessageType.Binary, payload);
            if (payload[1] == (Count - 1) % 256 && payload[0] == (Count - 1) / 256)
                done.SetResult();
        };

        Transport.Receive(Hex.Join([.. Enumerable.Range(0, Count).Select(static i => ClientFrames.Binary((byte)(i / 256), (byte)(i % 256)))]));
        // Without this, the other threads may be so fast that no task is ever incomplete.
        Assert.True(Transport.Paused);
        received.SetResult();
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Transport.Resumed.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(Enumerable.Range(0, Count).Select(static i => $"Binary {i:x4}"), Handler.Messages);
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => $"Binary {i:x4}"), SentFrames);
    }

    private void OpenWithSlowHandler()
    {
        Open();
        Handler.Message = (_, _) =>
        {
            var pending = new TaskCompletionSource();
            _pending.Enqueue(pending);
            return new(pending.Task);
        };
    }

    private void CompleteNext() => Complete(_pending.Dequeue().SetResult);
}
