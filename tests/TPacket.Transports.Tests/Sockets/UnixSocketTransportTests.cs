using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Sockets;

public static class UnixSocketTransportTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.UnixSockets);

    public class Sending() : SendingSpecification(TestTransports.UnixSockets);

    public class Closing() : ClosingSpecification(TestTransports.UnixSockets);

    public class Faults() : FaultSpecification(TestTransports.UnixSockets);

    public class Crowds() : CrowdSpecification(TestTransports.UnixSockets);
}
