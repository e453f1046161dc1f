using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Sockets;

public static class SocketTransportTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.Sockets);

    public class Sending() : SendingSpecification(TestTransports.Sockets);

    public class Closing() : ClosingSpecification(TestTransports.Sockets);

    public class Faults() : FaultSpecification(TestTransports.Sockets);

    public class Listeners() : ListenerSpecification(TestTransports.Sockets);

    public class Crowds() : CrowdSpecification(TestTransports.Sockets);
}
