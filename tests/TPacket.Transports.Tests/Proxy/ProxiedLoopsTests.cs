using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Proxy;

public static class ProxiedLoopsTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.ProxiedLoops);

    [Trait("Speed", "Slow")]
    public class Sending() : SendingSpecification(TestTransports.ProxiedLoops);

    public class Closing() : ClosingSpecification(TestTransports.ProxiedLoops);

    public class Faults() : FaultSpecification(TestTransports.ProxiedLoops);

    [Trait("Speed", "Slow")]
    public class Crowds() : CrowdSpecification(TestTransports.ProxiedLoops);
}
