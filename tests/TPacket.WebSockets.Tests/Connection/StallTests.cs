using TPacket.WebSockets.Connection;

namespace TPacket.WebSockets.Tests;

/// <summary>Deadlines after a pause of the process, with unread input in the socket, and with a busy thread pool.</summary>
public class StallTests : ConnectionTests
{
    private static readonly TimeSpan _stop = TimeSpan.FromMinutes(10);

    [Fact]
    public void A_pong_that_arrived_during_a_pause_is_read_before_the_deadline_is_checked()
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
    public void A_silent_peer_has_the_remaining_time_after_a_pause()
    {
        Open();
        AdvanceSeconds(35);
        Time.Advance(_stop);
        // Of 15 s, 5 had passed, and the pause counts as one.
        AdvanceSeconds(8);
        Assert.Equal(0, Transport.CloseCalls);
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.PongTimeout);
    }

    [Fact]
    public void A_pause_at_the_end_of_a_deadline_leaves_the_loops_a_second_to_read()
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
    public void A_pause_does_not_count_as_idle_time_before_a_ping()
    {
        Open();
        AdvanceSeconds(1);
        Time.Advance(_stop);
        AdvanceSeconds(20);
        Assert.Empty(Transport.Sent);
    }

    [Fact]
    public void A_handshake_has_the_remaining_time_after_a_pause()
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
    public void An_unanswered_close_has_the_remaining_time_after_a_pause()
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
    public void A_connection_accepted_directly_after_a_pause_has_no_additional_time()
    {
        AdvanceSeconds(1);
        var accepted = false;
        Time.CreateTimer(
            _ =>
            {
                // The heartbeat was due earlier and runs after this.
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
    public void Unread_input_is_read_before_the_pong_timeout_expires()
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
    public void A_peer_without_unread_input_times_out_on_time()
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
    public void An_unread_handshake_is_read_before_it_times_out()
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
    public void A_peer_that_sends_continuously_gains_one_read()
    {
        Accept();
        Transport.Unread = true;
        AdvanceSeconds(10);
        Assert.Empty(Transport.Sent);
        Transport.Receive("G"u8.ToArray());
        AdvanceSeconds(1);
        Assert.StartsWith("HTTP/1.1 408 ", SentText, StringComparison.Ordinal);
        // The deadline of the close that follows allows one read too, and no more.
        AdvanceSeconds(5);
        Assert.Equal(0, Transport.CloseCalls);
        Transport.Receive("ET"u8.ToArray());
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
    }

    [Fact]
    public void Unread_input_is_read_before_each_deadline_expires()
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
    public void Parked_input_does_not_delay_a_deadline()
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
    public void HasMissed_checks_deadlines_of_the_application_in_the_same_way()
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
    public void No_deadline_is_checked_while_the_thread_pool_is_behind()
    {
        var queue = new Queue<IThreadPoolWorkItem>();
        using var heartbeat = new Heartbeat(Time, Second, new ThreadPoolProbe(queue.Enqueue));
        var ticks = 0;
        var transport = new ScriptedTransport();
        WebSocketConnection.Accept(transport, new ScriptedHandler { Ticked = () => ticks++ }, WebSocketOptions.Default, heartbeat);
        AdvanceSeconds(1);
        Assert.Equal(1, ticks);

        // The probe passes the queue several times.
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
    public void A_busy_thread_pool_delays_deadlines_by_ten_seconds_at_most()
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

        // A probe that has not returned is not sent again, and the next one has ten seconds too.
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
    public void A_busy_thread_pool_may_delay_deadlines_by_two_beats_of_any_length()
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
    public void A_pause_does_not_count_as_time_of_the_thread_pool()
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
    public async Task A_probe_of_the_real_pool_returns()
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
