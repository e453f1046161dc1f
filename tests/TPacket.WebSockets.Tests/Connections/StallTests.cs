using TPacket.WebSockets.Connection;

namespace TPacket.WebSockets.Tests;

/// <summary>A process that was stopped, a loop that is held up, a starved thread pool: no peer is judged by what it had no chance to be heard with.</summary>
public class StallTests : ConnectionTests
{
    private static readonly TimeSpan _stop = TimeSpan.FromMinutes(10);

    [Fact]
    public void A_pong_that_came_while_the_process_was_stopped_is_read_before_it_is_judged()
    {
        Open();
        AdvanceSeconds(30);
        Assert.Equal(["Ping "], SentFrames);

        Time.Advance(_stop);
        Assert.Equal(0, Transport.CloseCalls);
        Transport.Receive(ClientFrames.Pong());

        AdvanceSeconds(25);
        Assert.Equal(0, Transport.CloseCalls);
        Assert.True(Connection.IsOpen);
    }

    [Fact]
    public void A_peer_that_stays_silent_after_a_stop_has_the_time_that_was_left()
    {
        Open();
        AdvanceSeconds(35);
        Time.Advance(_stop);
        // Of 15 s, 5 were over, and the stop counts as one.
        AdvanceSeconds(8);
        Assert.Equal(0, Transport.CloseCalls);
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.PongTimeout);
    }

    [Fact]
    public void A_stop_at_the_end_of_a_deadline_leaves_the_loops_a_second_to_read()
    {
        Open();
        AdvanceSeconds(44);
        Time.Advance(_stop);
        Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, Transport.CloseCalls);
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
    }

    [Fact]
    public void A_stop_is_no_silence_to_ping_after()
    {
        Open();
        AdvanceSeconds(1);
        Time.Advance(_stop);
        AdvanceSeconds(20);
        Assert.Empty(Transport.Sent);
    }

    [Fact]
    public void A_handshake_has_the_time_that_was_left()
    {
        Accept();
        AdvanceSeconds(5);
        Time.Advance(_stop);
        AdvanceSeconds(3);
        Assert.Empty(Transport.Sent);
        AdvanceSeconds(1);
        Assert.StartsWith("HTTP/1.1 408 ", SentText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_close_that_is_not_answered_has_the_time_that_was_left()
    {
        Open();
        Connection.Close(CloseStatus.NormalClosure);
        AdvanceSeconds(2);
        Time.Advance(_stop);
        AdvanceSeconds(1);
        Assert.Equal(0, Transport.CloseCalls);
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
    }

    [Fact]
    public void A_connection_that_comes_right_after_a_stop_has_no_more_time_than_another()
    {
        AdvanceSeconds(1);
        var accepted = false;
        Time.CreateTimer(
            _ =>
            {
                // The heartbeat was due before this and comes after it.
                Accept();
                accepted = true;
            },
            null,
            TimeSpan.FromTicks(1),
            Timeout.InfiniteTimeSpan);
        Time.Advance(_stop);
        Assert.True(accepted);
        AdvanceSeconds(14);
        Assert.StartsWith("HTTP/1.1 408 ", SentText, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_that_lies_unread_is_read_before_a_ping_is_judged()
    {
        Open();
        AdvanceSeconds(30);
        Transport.Unread = true;
        AdvanceSeconds(100);
        Assert.Equal(0, Transport.CloseCalls);

        Transport.Unread = false;
        Transport.Receive(ClientFrames.Pong());
        AdvanceSeconds(29);
        Assert.Equal(0, Transport.CloseCalls);
    }

    [Fact]
    public void A_peer_that_has_nothing_unread_is_judged_on_time()
    {
        Open();
        AdvanceSeconds(30);
        Transport.Unread = true;
        AdvanceSeconds(20);
        Transport.Unread = false;
        AdvanceSeconds(1);
        ExpectEnd(EndCause.PongTimeout);
    }

    [Fact]
    public void A_handshake_that_lies_unread_is_read_before_it_is_refused()
    {
        Accept();
        Transport.Unread = true;
        AdvanceSeconds(100);
        Assert.Empty(Transport.Sent);

        Transport.Unread = false;
        Transport.Receive(Requests.Bytes(Requests.Plain));
        AdvanceSeconds(1);
        Assert.Equal(Requests.Accepted, SentText);
        Assert.True(Connection.IsOpen);
    }

    [Fact]
    public void A_peer_that_sends_without_end_has_one_read_more_than_a_silent_one()
    {
        Accept();
        Transport.Unread = true;
        AdvanceSeconds(10);
        Assert.Empty(Transport.Sent);
        Transport.Receive("G"u8.ToArray());
        AdvanceSeconds(1);
        Assert.StartsWith("HTTP/1.1 408 ", SentText, StringComparison.Ordinal);
        // The deadline of the close that follows gives one read too, and no more.
        AdvanceSeconds(5);
        Assert.Equal(0, Transport.CloseCalls);
        Transport.Receive("ET"u8.ToArray());
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
    }

    [Fact]
    public void Each_deadline_gives_what_lies_unread_its_chance()
    {
        Accept();
        Transport.Unread = true;
        AdvanceSeconds(20);
        Transport.Receive(Requests.Bytes(Requests.Plain));
        Assert.True(Connection.IsOpen);
        Connection.Close(CloseStatus.NormalClosure);
        AdvanceSeconds(5);
        Assert.Equal(0, Transport.CloseCalls);
        Transport.Receive(ClientFrames.Pong());
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
    }

    [Fact]
    public void What_waits_behind_a_handler_keeps_no_deadline_from_being_judged()
    {
        var pending = new TaskCompletionSource<UpgradeDecision>();
        Handler.Upgrade = _ => new(pending.Task);
        Accept();
        Transport.Receive(Requests.Bytes(Requests.Plain));
        Transport.Unread = true;
        AdvanceSeconds(10);
        Assert.StartsWith("HTTP/1.1 408 ", SentText, StringComparison.Ordinal);
        Complete(() => pending.SetResult(UpgradeDecision.Accept));
    }

    [Fact]
    public void An_application_judges_its_own_deadlines_so_too()
    {
        Open();
        Assert.False(Connection.HasMissed(deadline: 5, now: 4));
        Assert.True(Connection.HasMissed(deadline: 5, now: 5));
        Transport.Unread = true;
        Assert.False(Connection.HasMissed(deadline: 5, now: 1000));
        Assert.False(Connection.HasMissed(deadline: 5, now: 2000));
        AdvanceSeconds(3);
        Transport.Receive(ClientFrames.Pong());
        Assert.True(Connection.HasMissed(deadline: 5, now: 3000));
    }

    [Fact]
    public void Nobody_is_judged_before_the_thread_pool_has_done_what_it_was_given()
    {
        var queue = new Queue<IThreadPoolWorkItem>();
        using var heartbeat = new Heartbeat(Time, Second, new ThreadPoolProbe(queue.Enqueue));
        var ticks = 0;
        var transport = new ScriptedTransport();
        WebSocketConnection.Accept(transport, new ScriptedHandler { Ticked = () => ticks++ }, WebSocketOptions.Default, heartbeat);
        AdvanceSeconds(1);
        Assert.Equal(1, ticks);

        // The probe goes through the queue several times.
        queue.Dequeue().Execute();
        AdvanceSeconds(10);
        Assert.Equal(1, ticks);
        Assert.Empty(transport.Sent);

        while (queue.TryDequeue(out var item))
            item.Execute();
        AdvanceSeconds(1);
        Assert.Equal(2, ticks);
        Assert.NotEmpty(transport.Sent);
        transport.End(new IOException());
    }

    [Fact]
    public void A_thread_pool_that_is_busy_for_ever_keeps_deadlines_from_being_judged_for_ten_seconds()
    {
        var queue = new Queue<IThreadPoolWorkItem>();
        using var heartbeat = new Heartbeat(Time, Second, new ThreadPoolProbe(queue.Enqueue));
        var ticks = 0;
        var transport = new ScriptedTransport();
        WebSocketConnection.Accept(transport, new ScriptedHandler { Ticked = () => ticks++ }, WebSocketOptions.Default, heartbeat);
        AdvanceSeconds(11);
        Assert.Equal(1, ticks);
        Assert.Empty(transport.Sent);

        AdvanceSeconds(1);
        Assert.Equal(2, ticks);
        Assert.NotEmpty(transport.Sent);
        AdvanceSeconds(3);
        Assert.Equal(5, ticks);

        // The probe that is out is not sent a second time, and the next one has its ten seconds again.
        Assert.Single(queue);
        while (queue.TryDequeue(out var item))
            item.Execute();
        AdvanceSeconds(1);
        Assert.Equal(6, ticks);
        Assert.Single(queue);
        AdvanceSeconds(1);
        Assert.Equal(6, ticks);
        transport.End(new IOException());
    }

    [Fact]
    public void A_thread_pool_has_two_beats_however_long_they_are()
    {
        var period = TimeSpan.FromMinutes(1);
        var queue = new Queue<IThreadPoolWorkItem>();
        using var heartbeat = new Heartbeat(Time, period, new ThreadPoolProbe(queue.Enqueue));
        var ticks = 0;
        var transport = new ScriptedTransport();
        var options = new WebSocketOptions { HandshakeTimeout = TimeSpan.FromHours(1) };
        WebSocketConnection.Accept(transport, new ScriptedHandler { Ticked = () => ticks++ }, options, heartbeat);
        foreach (var expected in (int[])[1, 1, 1, 2, 3])
        {
            Time.Advance(period);
            Assert.Equal(expected, ticks);
        }

        transport.End(new IOException());
    }

    [Fact]
    public void A_stop_is_no_time_that_the_thread_pool_had()
    {
        var queue = new Queue<IThreadPoolWorkItem>();
        using var heartbeat = new Heartbeat(Time, Second, new ThreadPoolProbe(queue.Enqueue));
        var ticks = 0;
        var transport = new ScriptedTransport();
        WebSocketConnection.Accept(transport, new ScriptedHandler { Ticked = () => ticks++ }, WebSocketOptions.Default, heartbeat);
        AdvanceSeconds(4);
        Time.Advance(_stop);
        AdvanceSeconds(6);
        Assert.Equal(1, ticks);
        AdvanceSeconds(2);
        Assert.NotEqual(1, ticks);
        transport.End(new IOException());
    }

    [Fact]
    public async Task A_probe_of_the_real_pool_comes_back()
    {
        var probe = new ThreadPoolProbe();
        Assert.True(probe.IsBack);
        probe.Send();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!probe.IsBack)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
