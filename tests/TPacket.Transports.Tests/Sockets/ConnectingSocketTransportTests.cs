using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Sockets;

public static class ConnectingSocketTransportTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.ConnectingSockets);

    public class Sending() : SendingSpecification(TestTransports.ConnectingSockets);

    public class Closing() : ClosingSpecification(TestTransports.ConnectingSockets);

    public class Faults() : FaultSpecification(TestTransports.ConnectingSockets);

    public class Crowds() : CrowdSpecification(TestTransports.ConnectingSockets);
}
