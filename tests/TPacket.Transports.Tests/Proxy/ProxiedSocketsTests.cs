using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Proxy;

public static class ProxiedSocketsTests
{
    [Trait("Speed", "Slow")]
    public class Receiving() : ReceivingSpecification(TestTransports.ProxiedSockets);

    [Trait("Speed", "Slow")]
    public class Sending() : SendingSpecification(TestTransports.ProxiedSockets);

    [Trait("Speed", "Slow")]
    public class Closing() : ClosingSpecification(TestTransports.ProxiedSockets);

    [Trait("Speed", "Slow")]
    public class Faults() : FaultSpecification(TestTransports.ProxiedSockets);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.ProxiedSockets);
}
