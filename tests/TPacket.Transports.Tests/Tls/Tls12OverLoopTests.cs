using TPacket.Transports.Tests.Harness;
using TPacket.Transports.Tests.Specifications;

namespace TPacket.Transports.Tests.Tls;

public static class Tls12OverLoopTests
{
    public class Receiving() : ReceivingSpecification(TestTransports.Tls12OverLoop);

    public class Sending() : SendingSpecification(TestTransports.Tls12OverLoop);

    public class Closing() : ClosingSpecification(TestTransports.Tls12OverLoop);

    public class Faults() : FaultSpecification(TestTransports.Tls12OverLoop);

    public class Crowds() : CrowdSpecification(TestTransports.Tls12OverLoop);
}
