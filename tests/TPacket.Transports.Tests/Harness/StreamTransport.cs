using TPacket.Transports.Streams;

namespace TPacket.Transports.Tests.Harness;

/// <summary>Connections over streams over connections: what TLS stands on, without TLS.</summary>
internal sealed class StreamTransport(Transport inner) : TestTransport(inner)
{
    protected override TransportConnection Wrap(TransportConnection connection)
    {
        var stream = new TransportStream(connection);
        stream.Start();
        return new StreamConnection(stream, connection.LocalEndPoint, connection.RemoteEndPoint);
    }
}
