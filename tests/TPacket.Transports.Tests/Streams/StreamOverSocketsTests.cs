using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Streams;

public static class StreamOverSocketsTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.StreamOverSockets);

    public class Sending() : SendingSpecification(TestTransports.StreamOverSockets);

    public class Closing() : ClosingSpecification(TestTransports.StreamOverSockets);

    public class Faults() : FaultSpecification(TestTransports.StreamOverSockets);

    public class Crowds() : CrowdSpecification(TestTransports.StreamOverSockets);
}
