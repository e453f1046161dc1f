using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Tls;

public static class Tls12OverSocketsTests
{
    [Trait("Speed", "Slow")]
    public class Receiving() : ReceivingSpecification(TestTransports.Tls12OverSockets);

    [Trait("Speed", "Slow")]
    public class Sending() : SendingSpecification(TestTransports.Tls12OverSockets);

    [Trait("Speed", "Slow")]
    public class Closing() : ClosingSpecification(TestTransports.Tls12OverSockets);

    [Trait("Speed", "Slow")]
    public class Faults() : FaultSpecification(TestTransports.Tls12OverSockets);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.Tls12OverSockets);
}
