using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Sockets;

public static class UnixSocketTransportTests
{
    [Trait("Speed", "Slow")]
    public class Receiving() : ReceivingSpecification(TestTransports.UnixSockets);

    [Trait("Speed", "Slow")]
    public class Sending() : SendingSpecification(TestTransports.UnixSockets);

    [Trait("Speed", "Slow")]
    public class Closing() : ClosingSpecification(TestTransports.UnixSockets);

    [Trait("Speed", "Slow")]
    public class Faults() : FaultSpecification(TestTransports.UnixSockets);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.UnixSockets);
}
