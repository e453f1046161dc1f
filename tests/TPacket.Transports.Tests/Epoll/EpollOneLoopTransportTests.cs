using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Epoll;

public static class EpollOneLoopTransportTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.OneLoop);

    public class Sending() : SendingSpecification(TestTransports.OneLoop);

    public class Closing() : ClosingSpecification(TestTransports.OneLoop);

    public class Faults() : FaultSpecification(TestTransports.OneLoop);

    public class Listeners() : ListenerSpecification(TestTransports.OneLoop);

    public class Crowds() : CrowdSpecification(TestTransports.OneLoop);
}
