using TPacket.Transports.Native;

namespace TPacket.Transports.Epoll;

/// <summary>The owner of a descriptor that an event loop watches. The loop calls it on its thread.</summary>
internal interface IEpollSource
{
    /// <summary>Processes the events of the descriptor.</summary>
    void OnReport(EpollInterest report);

    /// <summary>Ends the source, because the loop is ending.</summary>
    void OnLoopStopped();
}
