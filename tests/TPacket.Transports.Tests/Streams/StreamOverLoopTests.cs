using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Streams;

public static class StreamOverLoopTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.StreamOverLoop);

    [Trait("Speed", "Slow")]
    public class Sending() : SendingSpecification(TestTransports.StreamOverLoop);

    public class Closing() : ClosingSpecification(TestTransports.StreamOverLoop);

    public class Faults() : FaultSpecification(TestTransports.StreamOverLoop);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.StreamOverLoop);
}
