namespace TPacket.Transports.Tests;
public class MeasureTests
{
    [Fact]
    public void Measure()
    {
        for (var i = 0; i < 20000; i++) DescriptorReserve.CountSpare(16);
        var w = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 20000; i++) DescriptorReserve.CountSpare(16);
        var t = w.Elapsed.TotalMicroseconds / 20000;
        using var tr = new Sockets.SocketTransport();
        var g = new AcceptGate(tr); var turn = new AcceptTurn();
        for (var i = 0; i < 20000; i++) g.TryPass(turn);
        w.Restart();
        for (var i = 0; i < 200000; i++) g.TryPass(turn);
        Assert.Fail($"MEASURED count {t:F3} us, pass {w.Elapsed.TotalMicroseconds / 200000:F3} us");
    }
}
