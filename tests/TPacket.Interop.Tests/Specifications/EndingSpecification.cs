using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>
/// Connections that our server fails while their clients keep sending: each client receives the close frame, and its stream ends in order. If a server closed the socket with unread
/// input, the system would send a reset, and the client would lose the close frame (RFC 6455, section 7.1.1).
/// </summary>
public abstract class EndingSpecification(Func<Transport> transport) : InteropTests
{
    private const int Connections = 100;

    // Our server reads at most 1 MiB more from a connection that it has failed.
    private const int FramesBehind = 200;
    private const int BytesBehind = 4096;

    [Theory]
    [InlineData(new byte[] { 0x81, 0x82, 0, 0, 0, 0, 0xC3, 0x28 }, CloseStatus.InvalidPayloadData)]
    [InlineData(new byte[] { 0xC2, 0x80, 0, 0, 0, 0 }, CloseStatus.ProtocolError)]
    [InlineData(new byte[] { 0x82, 0xFF, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 }, CloseStatus.MessageTooBig)]
    public async Task Every_client_receives_the_close_frame_and_an_orderly_end(byte[] violation, CloseStatus status)
    {
        var server = Use(new OurServer(transport(), WebSocketOptions.Default));

        var clients = Enumerable.Range(0, Connections).Select(_ => OffendAsync(server, violation)).ToArray();
        var received = await Task.WhenAll(clients);

        Assert.Equal(Enumerable.Repeat($"88 {status:D}", Connections), received.Select(Summary));
        for (var i = 0; i < Connections; i++)
        {
            var end = await (await server.AcceptedAsync()).Ended;
            Assert.Equal((EndCause.Violation, status), (end.Cause, end.Status));
        }
    }

    /// <summary>Sends a violation and much more, and reads to the end of the stream at the same time.</summary>
    private static async Task<byte[]> OffendAsync(OurServer server, byte[] violation)
    {
        using var client = await RawClient.OpenAsync(server.EndPoint);
        var receiving = client.ReceiveToEndAsync();
        await client.SendAsync(violation);
        var behind = new byte[BytesBehind];
        for (var i = 0; i < FramesBehind; i++)
            await client.SendAsync(behind);
        return await receiving;
    }

    /// <summary>Returns the first byte and the status of the only frame that was received.</summary>
    private static string Summary(byte[] frame) =>
        frame.Length >= 4 && frame[1] == frame.Length - 2 ? $"{frame[0]:x2} {(frame[2] << 8) | frame[3]}" : Convert.ToHexStringLower(frame);
}
