using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Epoll;

public static class ConnectingEpollTransportTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.ConnectingLoops);

    [Trait("Speed", "Slow")]
    public class Sending() : SendingSpecification(TestTransports.ConnectingLoops);

    public class Closing() : ClosingSpecification(TestTransports.ConnectingLoops);

    public class Faults() : FaultSpecification(TestTransports.ConnectingLoops);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.ConnectingLoops);
}
