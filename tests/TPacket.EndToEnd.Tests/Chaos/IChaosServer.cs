using System.Net;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The server of a run, one process or several, which is stopped, killed and started again.</summary>
internal interface IChaosServer : IAsyncDisposable
{
    /// <summary>The address that clients connect to.</summary>
    IPEndPoint? EndPoint { get; }

    /// <summary>Whether there is a server, and nothing ends it.</summary>
    bool IsUp { get; }

    /// <summary>Lines of the servers' logs that are errors.</summary>
    IReadOnlyList<string> Errors { get; }

    /// <summary>The faults that it has had.</summary>
    string Summary { get; }

    Task StartAsync(CancellationToken deadline);

    /// <summary>Stops a server as a service manager does, and starts it again.</summary>
    Task DrainAsync(CancellationToken deadline);

    /// <summary>Kills a server, and starts it again.</summary>
    Task KillAsync(CancellationToken deadline);

    /// <summary>Stops every server as a service manager does.</summary>
    Task StopAsync(CancellationToken deadline);

    /// <summary>Reads the logs of rooms, once no session is left. Nothing runs any more.</summary>
    Task<IReadOnlyDictionary<string, RoomLog>> ReadAsync(IReadOnlyList<string> rooms, CancellationToken deadline);
}
