using TPacket.Interop.Tests.Peers;

namespace TPacket.EndToEnd.Tests;

/// <summary>Where clients run.</summary>
public interface IClientPlatform
{
    /// <summary>Whether they have a browser's WebSocket.</summary>
    bool IsBrowser { get; }

    /// <summary>A client that is steered with lines, and does not exist yet.</summary>
    internal SteeredPeer Add();
}
