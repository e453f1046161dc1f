using System.Net.Sockets;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A proxy at the other end of a connection. It sends a header before its first bytes or before its end.</summary>
internal sealed class ProxiedPeer(Socket socket) : Peer(socket)
{
    private static readonly byte[] _text = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"u8.ToArray();
    private static readonly byte[] _binary = Convert.FromHexString("0D0A0D0A000D0A515549540A" + "2111000C" + "C0000201" + "C6336402" + "DC04" + "01BB");
    private static int _peers;

    private byte[] _header = Interlocked.Increment(ref _peers) % 2 == 0 ? _text : _binary;

    public override void ShutdownSend()
    {
        try
        {
            Socket.Send(_header);
        }
        catch (SocketException)
        {
            // The other end has already reset the connection.
        }

        base.ShutdownSend();
    }

    protected override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        byte[] all = [.. _header, .. bytes.Span];
        _header = [];
        return base.WriteAsync(all, cancellationToken);
    }
}
