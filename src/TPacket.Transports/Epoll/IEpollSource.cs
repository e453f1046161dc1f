using TPacket.Transports.Native;

namespace TPacket.Transports.Epoll;

/// <summary>Something with a descriptor that a loop watches. Called on the loop's thread.</summary>
internal interface IEpollSource
{
    /// <summary>Something has happened.</summary>
    void OnReport(EpollInterest report);

    /// <summary>The loop ends.</summary>
    void OnLoopStopped();
}
