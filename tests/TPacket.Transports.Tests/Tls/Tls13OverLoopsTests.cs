using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Tls;

public static class Tls13OverLoopsTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.Tls13OverLoops);

    public class Sending() : SendingSpecification(TestTransports.Tls13OverLoops);

    public class Closing() : ClosingSpecification(TestTransports.Tls13OverLoops);

    public class Faults() : FaultSpecification(TestTransports.Tls13OverLoops);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.Tls13OverLoops);
}
