using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Streams;

public static class StreamOverSocketsTests
{
    [Trait("Speed", "Slow")]
    public class Receiving() : ReceivingSpecification(TestTransports.StreamOverSockets);

    [Trait("Speed", "Slow")]
    public class Sending() : SendingSpecification(TestTransports.StreamOverSockets);

    [Trait("Speed", "Slow")]
    public class Closing() : ClosingSpecification(TestTransports.StreamOverSockets);

    [Trait("Speed", "Slow")]
    public class Faults() : FaultSpecification(TestTransports.StreamOverSockets);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.StreamOverSockets);
}
