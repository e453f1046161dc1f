using TPacket.Interop.Tests.Peers;

namespace TPacket.EndToEnd.Tests.Harness;

/// <summary>A platform that runs clients.</summary>
public interface IClientPlatform
{
    /// <summary>Whether the clients use a browser's WebSocket.</summary>
    bool IsBrowser { get; }

    /// <summary>Returns a client that is steered with lines, and is not created yet.</summary>
    internal SteeredPeer Add();
}
