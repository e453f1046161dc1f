namespace TPacket.WebSockets.Tests;

/// <summary>Keep-alive by ping and pong (RFC 6455, sections 5.5.2 and 5.5.3): a ping when the peer is idle, and a deadline for any byte after it.</summary>
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
    public void A_peer_that_does_not_answer_a_ping_is_aborted()
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
    public void A_pong_shows_that_the_peer_is_alive()
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
    public void A_single_byte_shows_that_the_peer_is_alive()
    {
        Open();
        AdvanceSeconds(30);
        Transport.Receive([0x82]);
        AdvanceSeconds(29);
        Assert.Equal(["Ping "], SentFrames);
        Assert.Equal(0, Transport.CloseCalls);
    }

    [Fact]
    public void Sending_does_not_show_that_the_peer_is_alive()
    {
        Open();
        for (var i = 0; i < 29; i++)
        {
            AdvanceSeconds(1);
            Connection.Send(MessageType.Text, "x"u8);
        }

        Transport.ClearSent();
        AdvanceSeconds(1);
        Assert.Equal(["Ping "], SentFrames);
    }

    [Fact]
    public void A_parked_connection_is_neither_pinged_nor_aborted()
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
    public void Every_connection_of_a_heartbeat_receives_its_ticks()
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
    public void The_coarse_time_advances_with_each_beat()
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
