using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Streams;

public static class NetworkStreamsTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.NetworkStreams);

    [Trait("Speed", "Slow")]
    public class Sending() : SendingSpecification(TestTransports.NetworkStreams);

    public class Closing() : ClosingSpecification(TestTransports.NetworkStreams);

    public class Faults() : FaultSpecification(TestTransports.NetworkStreams);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.NetworkStreams);
}
