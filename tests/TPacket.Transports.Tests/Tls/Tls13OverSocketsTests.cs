using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Tls;

public static class Tls13OverSocketsTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.Tls13OverSockets);

    public class Sending() : SendingSpecification(TestTransports.Tls13OverSockets);

    public class Closing() : ClosingSpecification(TestTransports.Tls13OverSockets);

    public class Faults() : FaultSpecification(TestTransports.Tls13OverSockets);

    public class Crowds() : CrowdSpecification(TestTransports.Tls13OverSockets);
}
