using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Epoll;

public static class UnixEpollTransportTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.UnixLoop);

    [Trait("Speed", "Slow")]
    public class Sending() : SendingSpecification(TestTransports.UnixLoop);

    public class Closing() : ClosingSpecification(TestTransports.UnixLoop);

    public class Faults() : FaultSpecification(TestTransports.UnixLoop);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.UnixLoop);
}
