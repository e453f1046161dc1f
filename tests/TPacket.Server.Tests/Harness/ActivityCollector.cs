using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Tests.Harness;

/// <summary>Collects the activities of one host. The instance of its source distinguishes it from hosts of tests that run at the same time.</summary>
internal sealed class ActivityCollector : IDisposable
{
    private readonly ActivityListener _listener;

    public ActivityCollector(IServiceProvider services)
    {
        var source = services.GetRequiredService<ServerActivities>().Source;
        _listener = new ActivityListener
        {
            ShouldListenTo = candidate => ReferenceEquals(candidate, source),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Stopped.Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The activities in the order in which they ended.</summary>
    public Recorder<Activity> Stopped { get; } = new();

    /// <summary>Waits for the first activity of a name that ends, or has ended.</summary>
    public Task<Activity> FirstAsync(string name) => Stopped.FirstAsync(activity => activity.OperationName == name);

    public void Dispose() => _listener.Dispose();
}
