namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, sections 5.5.2 and 5.5.3 as a keep-alive: ping when idle, and a deadline for any sign of life.</summary>
public class KeepAliveTests : ConnectionTests
{
    [Fact]
    public void An_idle_peer_is_pinged_once()
    {
        Open();
        AdvanceSeconds(29);
        Assert.Empty(Transport.Sent);
        AdvanceSeconds(1);
        Assert.Equal(["Ping "], SentFrames);
        AdvanceSeconds(14);
        Assert.Equal(["Ping "], SentFrames);
    }

    [Fact]
    public void A_peer_that_does_not_answer_a_ping_is_released()
    {
        Open();
        AdvanceSeconds(44);
        Assert.Equal(0, Transport.CloseCalls);
        AdvanceSeconds(1);
        Assert.Equal((1, 1), (Transport.CloseCalls, Transport.AbortCalls));
        Assert.False(Connection.IsOpen);
        Assert.Equal(["Ping "], SentFrames);
        ExpectEnd(EndCause.PongTimeout);
    }

    [Fact]
    public void A_pong_counts_as_life()
    {
        Open();
        AdvanceSeconds(44);
        Transport.Receive(ClientFrames.Pong());
        AdvanceSeconds(29);
        Assert.Equal(["Ping "], SentFrames);
        AdvanceSeconds(1);
        Assert.Equal(["Ping ", "Ping "], SentFrames);
        Assert.Equal(0, Transport.CloseCalls);
    }

    [Fact]
    public void A_single_byte_counts_as_life()
    {
        Open();
        AdvanceSeconds(30);
        Transport.Receive([0x82]);
        AdvanceSeconds(29);
        Assert.Equal(["Ping "], SentFrames);
        Assert.Equal(0, Transport.CloseCalls);
    }

    [Fact]
    public void What_is_sent_to_a_peer_is_no_sign_of_its_life()
    {
        Open();
        for (var i = 0; i < 29; i++)
        {
            AdvanceSeconds(1);
            Connection.Send(MessageType.Text, "x"u8);
        }

        Transport.ForgetSent();
        AdvanceSeconds(1);
        Assert.Equal(["Ping "], SentFrames);
    }

    [Fact]
    public void A_peer_that_cannot_be_heard_is_not_judged()
    {
        Open();
        var pending = new TaskCompletionSource();
        Handler.Message = (_, _) => new(pending.Task);
        Transport.Receive(ClientFrames.Binary(1));
        AdvanceSeconds(100);
        Assert.Empty(Transport.Sent);
        Assert.Equal(0, Transport.CloseCalls);

        Complete(pending.SetResult);

        AdvanceSeconds(29);
        Assert.Empty(Transport.Sent);
        AdvanceSeconds(1);
        Assert.Equal(["Ping "], SentFrames);
    }

    [Fact]
    public void A_connection_that_is_not_open_is_not_pinged()
    {
        Accept(WebSocketOptions.Default with { HandshakeTimeout = TimeSpan.FromMinutes(5) });
        AdvanceSeconds(100);
        Assert.Empty(Transport.Sent);
    }

    [Fact]
    public void Every_connection_of_a_heartbeat_is_told_the_time()
    {
        var ticks = new int[200];
        var transports = ticks.Select(static _ => new ScriptedTransport()).ToArray();
        for (var i = 0; i < ticks.Length; i++)
        {
            var own = i;
            WebSocketConnection.Accept(transports[i], new ScriptedHandler { Ticked = () => ticks[own]++ }, WebSocketOptions.Default, Heartbeat);
        }

        AdvanceSeconds(1);
        foreach (var transport in transports[..100])
            transport.End(new IOException());
        AdvanceSeconds(1);
        var late = new ScriptedTransport();
        var lateTicks = 0;
        WebSocketConnection.Accept(late, new ScriptedHandler { Ticked = () => lateTicks++ }, WebSocketOptions.Default, Heartbeat);
        AdvanceSeconds(1);

        Assert.Equal([.. Enumerable.Repeat(1, 100), .. Enumerable.Repeat(3, 100)], ticks);
        Assert.Equal(1, lateTicks);
        foreach (var transport in transports[100..])
            transport.End(new IOException());
        late.End(new IOException());
    }

    [Fact]
    public void The_coarse_clock_moves_with_the_beat()
    {
        Time.Advance(TimeSpan.FromMilliseconds(1700));
        Assert.Equal(1700, Heartbeat.Now);
        Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(1700, Heartbeat.Now);
        Assert.Equal(1900, Heartbeat.PreciseNow);
        Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(2000, Heartbeat.Now);
    }
}
