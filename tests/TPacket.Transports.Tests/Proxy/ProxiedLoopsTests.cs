using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Proxy;

public static class ProxiedLoopsTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.ProxiedLoops);

    public class Sending() : SendingSpecification(TestTransports.ProxiedLoops);

    public class Closing() : ClosingSpecification(TestTransports.ProxiedLoops);

    public class Faults() : FaultSpecification(TestTransports.ProxiedLoops);

    public class Crowds() : CrowdSpecification(TestTransports.ProxiedLoops);
}
