using TPacket.Protocol;

namespace TPacket.Server.Sessions.SignIn;

/// <summary>Decides the action of a session for a packet at each trust level. Pure.</summary>
internal static class TrustRules
{
    /// <summary>Returns the action for a packet.</summary>
    /// <param name="level">The client's trust level.</param>
    /// <param name="header">The packet's header.</param>
    /// <param name="data">The packet's data.</param>
    /// <param name="magicString">The magic string in UTF-8.</param>
    public static TrustStep Decide(TrustLevel level, in PacketHeader header, ReadOnlySpan<byte> data, ReadOnlySpan<byte> magicString) => level switch
    {
        TrustLevel.MagicString => header.Command == (int)PacketCommand.Nop && data.SequenceEqual(magicString) ? TrustStep.Trust : TrustStep.Reject,
        TrustLevel.Nick => (PacketCommand)header.Command switch
        {
            PacketCommand.SetUserNick or PacketCommand.Nop or PacketCommand.Resume => TrustStep.Dispatch,
            _ => TrustStep.RequireNick,
        },
        TrustLevel.Packets => TrustStep.Dispatch,
        _ => TrustStep.Reject,
    };
}
