using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Epoll;

public static class EpollTwoLoopTransportTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.TwoLoops);

    public class Sending() : SendingSpecification(TestTransports.TwoLoops);

    public class Closing() : ClosingSpecification(TestTransports.TwoLoops);

    public class Faults() : FaultSpecification(TestTransports.TwoLoops);

    public class Listeners() : ListenerSpecification(TestTransports.TwoLoops);

    public class Crowds() : CrowdSpecification(TestTransports.TwoLoops);
}
