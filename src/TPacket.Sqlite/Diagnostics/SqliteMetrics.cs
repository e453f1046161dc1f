using System.Diagnostics.Metrics;
using TPacket.Server.Sqlite.Writing;

namespace TPacket.Server.Sqlite.Diagnostics;

/// <summary>The meter <c>TPacket.Sqlite</c>. No instrument has tags.</summary>
internal sealed class SqliteMetrics : IDisposable
{
    public const string MeterName = "TPacket.Sqlite";

    private readonly Meter _meter;
    private readonly Counter<long> _failures;
    private readonly Histogram<int> _batch;
    private readonly Histogram<double> _duration;

    public SqliteMetrics(IMeterFactory factory, OperationQueue queue)
    {
        _meter = factory.Create(MeterName);
        _failures = _meter.CreateCounter<long>("tpacket.sqlite.failures", "{transaction}", "Failed transactions.");
        _batch = _meter.CreateHistogram<int>("tpacket.sqlite.commit.operations", "{operation}", "Operations per commit. The histogram's count is the number of commits.");
        _duration = _meter.CreateHistogram<double>("tpacket.sqlite.commit.duration", "s", "Duration of committed transactions.");
        _meter.CreateObservableUpDownCounter("tpacket.sqlite.queue.operations", () => queue.Count, "{operation}", "Operations that wait for the writer or for their delivery.");
    }

    public void Committed(int operations, TimeSpan duration)
    {
        if (_batch.Enabled)
            _batch.Record(operations);
        if (_duration.Enabled)
            _duration.Record(duration.TotalSeconds);
    }

    public void Failed() => _failures.Add(1);

    public void Dispose() => _meter.Dispose();
}
