using System.Diagnostics;
using TPacket.Transports;

namespace TPacket.Compare;

/// <summary>A load on a server that only sends: each connection receives a message in turn, in rounds.</summary>
internal sealed class BareSends : TransportHandler
{
    // Must match SendsPeer. A round ends when all of its bytes have arrived.
    private const int MessageLength = 90;

    private readonly TransportConnection _control;
    private readonly int _roundLength;
    private long _received;
    private int _ofRound;
    private bool _stopping;

    private BareSends(TransportConnection control, int connections)
    {
        _control = control;
        _roundLength = connections * MessageLength;
    }

    public static async Task<Measurement> MeasureAsync(ServerProcess server, int connections, TimeSpan duration)
    {
        using var transport = Transport.CreateFastest(eventLoops: 1);
        var control = await transport.ConnectAsync(server.EndPoint);
        var sends = new BareSends(control, connections);
        control.Start(sends);
        control.TrySend(BitConverter.GetBytes(connections));
        for (var i = 0; i < connections; i++)
            (await transport.ConnectAsync(server.EndPoint)).Start(sends);
        sends.BeginRound();
        await Task.Delay(duration / 4);
        var (started, received, processorTime) = (Stopwatch.GetTimestamp(), Volatile.Read(ref sends._received), server.ProcessorTime);
        await Task.Delay(duration);
        processorTime = server.ProcessorTime - processorTime;
        var messages = (Volatile.Read(ref sends._received) - received) / (double)MessageLength;
        Volatile.Write(ref sends._stopping, true);
        return new Measurement(processorTime.TotalMicroseconds / messages, messages / Stopwatch.GetElapsedTime(started).TotalSeconds, Wrong: 0);
    }

    public override void OnReceived(Span<byte> bytes)
    {
        Volatile.Write(ref _received, _received + bytes.Length);
        _ofRound += bytes.Length;
        if (_ofRound < _roundLength || Volatile.Read(ref _stopping))
            return;
        _ofRound = 0;
        BeginRound();
    }

    public override void OnEndOfInput()
    {
    }

    public override void OnWritable()
    {
    }

    public override void OnClosed(Exception? error)
    {
    }

    private void BeginRound() => _control.TrySend([1]);
}
