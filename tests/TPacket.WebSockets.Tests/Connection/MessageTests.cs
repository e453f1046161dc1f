namespace TPacket.WebSockets.Tests;

/// <summary>Messages in both directions, and control frames that the connection handles itself.</summary>
public class MessageTests : ConnectionTests
{
    [Fact]
    public void Messages_are_echoed_at_every_split()
    {
        Open();
        Handler.Echo();
        foreach (var pieces in Splits.Of(Hex.Join(ClientFrames.Binary(1, 2), ClientFrames.Text("é"), ClientFrames.Binary())))
        {
            Transport.ClearSent();
            foreach (var piece in pieces)
                Transport.Receive(piece);
            Assert.Equal(["Binary 0102", "Text c3a9", "Binary "], SentFrames);
        }
    }

    [Fact]
    public void Messages_of_one_batch_are_written_together()
    {
        Open();
        Handler.Echo();

        Transport.Receive(
            [.. ClientFrames.Binary(1), .. ClientFrames.Ping(9), .. ClientFrames.Text("a")], [.. ClientFrames.Binary(2), .. ClientFrames.Binary(3)]);

        Assert.Equal(["Binary 01", "Pong 09", "Text 61", "Binary 02", "Binary 03"], ServerFrames.Decode(Assert.Single(Transport.Writes)));
    }

    [Fact]
    public void Hundreds_of_messages_of_all_kinds_are_written_in_order_with_few_buffers()
    {
        Open();
        Handler.Echo();
        var frames = Enumerable.Range(0, 300).Select(static i => i % 3 == 0 ? ClientFrames.Ping((byte)i) : ClientFrames.Binary((byte)i));

        Transport.Receive(Hex.Join([.. frames]));

        var expected = Enumerable.Range(0, 300).Select(static i => $"{(i % 3 == 0 ? "Pong" : "Binary")} {(byte)i:x2}");
        Assert.Equal(expected, SentFrames);
        // Pongs and echoes alternate, each kind in its own buffer: they are written before there are too many buffers, but not one by one.
        Assert.InRange(Transport.Writes.Count, 2, 10);
    }

    [Fact]
    public void Messages_that_exceed_one_write_are_written_in_order()
    {
        Open();
        var expected = new List<string>();
        Handler.Message = (_, _) =>
        {
            for (var i = 0; i < 40; i++)
            {
                var payload = new byte[3000 + i];
                payload[0] = (byte)i;
                expected.Add($"Binary {Hex.Of(payload)}");
                Assert.True(Connection.Send(MessageType.Binary, payload));
            }

            return default;
        };

        Transport.Receive(ClientFrames.Binary(1));

        Assert.Equal(expected, SentFrames);
        Assert.InRange(Transport.Writes.Count, 2, 3);
    }

    [Fact]
    public void Outside_of_a_batch_a_message_is_written_at_once()
    {
        Open();
        Assert.True(Connection.Send(MessageType.Text, "a"u8));
        Assert.Equal(["Text 61"], SentFrames);
        Assert.True(Connection.Send([1], [2, 3]));
        Assert.Equal(["Text 61", "Binary 010203"], SentFrames);
    }

    [Fact]
    public void A_ping_is_answered_with_its_payload_without_the_handler()
    {
        Open();
        Transport.Receive(ClientFrames.Ping(1, 2, 3));
        Transport.Receive(ClientFrames.Ping());
        Assert.Equal(["Pong 010203", "Pong "], SentFrames);
        Assert.Empty(Handler.Messages);
    }

    [Fact]
    public void An_unsolicited_pong_is_ignored()
    {
        Open();
        Transport.Receive(ClientFrames.Pong(1));
        Assert.Empty(Transport.Sent);
        Assert.True(Connection.IsOpen);
    }

    [Fact]
    public void Messages_with_every_form_of_length_are_written()
    {
        Open();
        foreach (var length in new[] { 0, 125, 126, 4094, 4096, 65535, 65536 })
        {
            Transport.ClearSent();
            var payload = new byte[length];
            new Random(length).NextBytes(payload);
            Assert.True(Connection.Send(MessageType.Binary, payload));
            Assert.Equal([$"Binary {Hex.Of(payload)}"], SentFrames);
        }
    }

    [Fact]
    public void The_transport_gives_the_addresses()
    {
        Open();
        Assert.Same(Transport.RemoteEndPoint, Connection.RemoteEndPoint);
        Assert.Null(Connection.LocalEndPoint);
    }
}
