using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Tls;

public static class Tls13OverSocketsTests
{
    [Trait("Speed", "Slow")]
    public class Receiving() : ReceivingSpecification(TestTransports.Tls13OverSockets);

    [Trait("Speed", "Slow")]
    public class Sending() : SendingSpecification(TestTransports.Tls13OverSockets);

    [Trait("Speed", "Slow")]
    public class Closing() : ClosingSpecification(TestTransports.Tls13OverSockets);

    [Trait("Speed", "Slow")]
    public class Faults() : FaultSpecification(TestTransports.Tls13OverSockets);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.Tls13OverSockets);
}
