using TPacket.Transports.Streams;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A transport whose connections are stream connections on a <see cref="TransportStream"/>, as with TLS but without encryption.</summary>
internal sealed class StreamTransport(Transport inner) : TestTransport(inner)
{
    protected override TransportConnection Wrap(TransportConnection connection)
    {
        var stream = new TransportStream(connection);
        stream.Start();
        return new StreamConnection(stream, connection.LocalEndPoint, connection.RemoteEndPoint);
    }
}
