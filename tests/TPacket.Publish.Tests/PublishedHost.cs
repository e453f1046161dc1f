using System.Diagnostics;
using TPacket.Interop.Tests.Peers;
using TPacket.Samples.Tests.Harness;
using Xunit.Abstractions;

namespace TPacket.Publish.Tests;

/// <summary>The console host, published.</summary>
/// <inheritdoc cref="PublishedSample"/>
public abstract class PublishedHost(IMessageSink console, string kind, params string[] how) : PublishedSample(console, SampleProcess.ConsoleHost, kind, how)
{
    private readonly string _kind = kind;

    /// <summary>Starts the program on a port that the system picks, and returns when it listens.</summary>
    internal async Task<SampleProcess> StartAsync(CancellationToken deadline, params string[] arguments)
    {
        var before = Stopwatch.GetTimestamp();
        var started = await SampleProcess.StartProgramAsync(Program, deadline, arguments);
        Tool.Say(Console, $"The {_kind} host listened {Stopwatch.GetElapsedTime(before).TotalMilliseconds:0} ms after its start.");
        return started;
    }
}
