using System.Net;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The server of a run, in one process or several. The run stops, kills and restarts it.</summary>
internal interface IChaosServer : IAsyncDisposable
{
    /// <summary>The address that clients connect to.</summary>
    IPEndPoint? EndPoint { get; }

    /// <summary>Whether the server runs and is not about to end.</summary>
    bool IsUp { get; }

    /// <summary>The errors in the servers' logs.</summary>
    IReadOnlyList<string> Errors { get; }

    /// <summary>The counts of its faults.</summary>
    string Summary { get; }

    Task StartAsync(CancellationToken deadline);

    /// <summary>Stops a server as a service manager does, and starts it again.</summary>
    Task DrainAsync(CancellationToken deadline);

    /// <summary>Kills a server, and starts it again.</summary>
    Task KillAsync(CancellationToken deadline);

    /// <summary>Stops every server as a service manager does.</summary>
    Task StopAsync(CancellationToken deadline);

    /// <summary>Reads the logs of rooms after the last session and the last process have ended.</summary>
    Task<IReadOnlyDictionary<string, RoomLog>> ReadAsync(IReadOnlyList<string> rooms, CancellationToken deadline);
}
