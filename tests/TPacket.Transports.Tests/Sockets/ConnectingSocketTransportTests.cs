using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Sockets;

public static class ConnectingSocketTransportTests
{
    [Trait("Speed", "Slow")]
    public class Receiving() : ReceivingSpecification(TestTransports.ConnectingSockets);

    [Trait("Speed", "Slow")]
    public class Sending() : SendingSpecification(TestTransports.ConnectingSockets);

    [Trait("Speed", "Slow")]
    public class Closing() : ClosingSpecification(TestTransports.ConnectingSockets);

    [Trait("Speed", "Slow")]
    public class Faults() : FaultSpecification(TestTransports.ConnectingSockets);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.ConnectingSockets);
}
