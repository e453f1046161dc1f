using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Proxy;

public static class ProxiedSocketsTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.ProxiedSockets);

    public class Sending() : SendingSpecification(TestTransports.ProxiedSockets);

    public class Closing() : ClosingSpecification(TestTransports.ProxiedSockets);

    public class Faults() : FaultSpecification(TestTransports.ProxiedSockets);

    public class Crowds() : CrowdSpecification(TestTransports.ProxiedSockets);
}
