using TPacket.Protocol;

namespace TPacket.Server.Sessions;

/// <summary>What a packet means at a trust level. Pure.</summary>
internal static class Engagement
{
    /// <summary>What is to be done with a packet.</summary>
    public enum Step
    {
        /// <summary>The magic string was right: the client is trusted with a nick; no answer.</summary>
        Trust,

        /// <summary>The magic string was wrong: the connection is closed.</summary>
        Reject,

        /// <summary>The packet goes its way to its handler.</summary>
        Dispatch,

        /// <summary>A nick has to come first: the packet goes its way to a RESP_ERROR.</summary>
        DemandNick,
    }

    /// <summary>Judges a packet.</summary>
    /// <param name="level">Where the client stands.</param>
    /// <param name="header">The packet's header.</param>
    /// <param name="data">The packet's data.</param>
    /// <param name="magicString">What a client says first.</param>
    public static Step Judge(TrustLevel level, in PacketHeader header, ReadOnlySpan<byte> data, ReadOnlySpan<byte> magicString) => level switch
    {
        TrustLevel.MagicString => header.Command == (int)PacketCommand.Nop && data.SequenceEqual(magicString) ? Step.Trust : Step.Reject,
        TrustLevel.Nick => (PacketCommand)header.Command switch
        {
            PacketCommand.SetUserNick or PacketCommand.Nop or PacketCommand.Resume => Step.Dispatch,
            _ => Step.DemandNick,
        },
        TrustLevel.Packets => Step.Dispatch,
        _ => Step.Reject,
    };
}
