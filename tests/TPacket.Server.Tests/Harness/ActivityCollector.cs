using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Tests.Harness;

/// <summary>Listens to the activities of one host: its source is told from those of tests beside it by its instance.</summary>
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

    /// <summary>The activities that have ended, in this order.</summary>
    public Recorder<Activity> Stopped { get; } = new();

    /// <summary>An activity of a name that has ended, or ends.</summary>
    public Task<Activity> FirstAsync(string name) => Stopped.FirstAsync(activity => activity.OperationName == name);

    public void Dispose() => _listener.Dispose();
}
